// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference

private nonisolated(unsafe) let version = CText(GMM_VERSION_STRING)

@_cdecl("gmm_version") @implementation
public func gmm_version() -> UnsafePointer<CChar>! {
  version.pointer
}

@_cdecl("gmm_abi_version") @implementation
public func gmm_abi_version() -> Int32 {
  GMM_ABI_VERSION
}

private nonisolated(unsafe) let buildInfo: CText = {
  let available = KernelBuild.allCases.filter(\.isAvailable).map { "\($0)" }.joined(separator: ",")
  return CText(
    "version=\(GMM_VERSION_STRING) abi=\(GMM_ABI_VERSION) kernels=\(KernelBuild.best) available=\(available)")
}()

@_cdecl("gmm_build_info") @implementation
public func gmm_build_info() -> UnsafePointer<CChar>! {
  buildInfo.pointer
}

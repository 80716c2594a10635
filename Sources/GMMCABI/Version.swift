// The names of C are the interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift

private nonisolated(unsafe) let version = CText(GMM_VERSION_STRING)

@_cdecl("gmm_version") @implementation
public func gmm_version() -> UnsafePointer<CChar>! {
  version.pointer
}

@_cdecl("gmm_abi_version") @implementation
public func gmm_abi_version() -> Int32 {
  GMM_ABI_VERSION
}

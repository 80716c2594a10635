import CGMMProcessor
import GMMKernels

#if GMM_ALL_BUILDS
  import GMMKernelsAVX2
  import GMMKernelsAVX512
#endif

/// The builds of the kernels.
///
/// The shared library for C carries all of them. A Swift program has the one that its own flags make, and ``best`` says
/// which. `-Xcc -march=x86-64-v4 -Xswiftc -DGMM_AVX512` make the build for AVX-512, `-Xcc -march=x86-64-v3 -Xswiftc
/// -DGMM_AVX2` the one for AVX2, and no flags the portable one.
///
/// Within a build, results are the same bits for any number of threads. The two builds with fused multiply-add give the
/// same bits as each other. The portable build rounds twice where they round once, so its chains part from theirs when
/// a rounding decides an assignment. (Without the fused instruction all three would be equal, at a cost of 28 % of a
/// sweep.)
public enum KernelBuild: Int, Sendable, CaseIterable {
  /// The build for any processor.
  case portable = 1
  /// The build for x86-64 with AVX2 and FMA.
  case avx2 = 2
  /// The build for x86-64 with AVX-512.
  case avx512 = 3

  /// Whether the program has the build and this processor can run it.
  public var isAvailable: Bool {
    #if GMM_ALL_BUILDS
      switch self {
      case .portable: true
      case .avx2: gmm_processor_has_avx2()
      case .avx512: gmm_processor_has_avx512()
      }
    #else
      self == Self.compiled
    #endif
  }

  #if !GMM_ALL_BUILDS
    /// The build that the program's flags make. `-D` asks for it, and `-march` lets the compiler use its instructions.
    private static var compiled: KernelBuild {
      #if GMM_AVX512
        gmm_is_compiled_for_avx512() ? .avx512 : .portable
      #elseif GMM_AVX2
        gmm_is_compiled_for_avx2() ? .avx2 : .portable
      #else
        .portable
      #endif
    }
  #endif

  /// The fastest available build; it is found once.
  public static let best: KernelBuild = available.last ?? .portable

  /// The available builds, the fastest last; they are found once.
  static let available: [KernelBuild] = allCases.filter(\.isAvailable)

  /// Returns this build if it is among `available`, otherwise the last and fastest of them.
  func usable(among available: [KernelBuild]) -> KernelBuild {
    available.contains(self) ? self : available.last ?? .portable
  }

  /// The kernels of this build, or those of ``best`` if this build is not available.
  package var kernels: GMMKernels.KernelSet {
    #if GMM_ALL_BUILDS
      switch usable(among: Self.available) {
      case .portable: return .ofThisBuild
      case .avx2:
        let build = GMMKernelsAVX2.KernelSet.ofThisBuild
        let many = build.multivariate
        return GMMKernels.KernelSet(
          build.assignments, build.expectations, build.responsibilities, build.densities, build.logShares,
          build.products,
          GMMKernels.MultivariateKernelSet(
            many.assignments, many.expectations, many.given, many.responsibilities, many.densities, many.logShares))
      case .avx512:
        let build = GMMKernelsAVX512.KernelSet.ofThisBuild
        let many = build.multivariate
        return GMMKernels.KernelSet(
          build.assignments, build.expectations, build.responsibilities, build.densities, build.logShares,
          build.products,
          GMMKernels.MultivariateKernelSet(
            many.assignments, many.expectations, many.given, many.responsibilities, many.densities, many.logShares))
      }
    #else
      return .ofThisBuild
    #endif
  }
}

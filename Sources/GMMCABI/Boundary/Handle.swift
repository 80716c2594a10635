import CGMMSwift
import GMMKernels
import Synchronization

/// The kinds of opaque pointers that callers hold. A number at the start of the memory tells them apart.
enum HandleKind: UInt64 {
  case error = 0x676D_6D5F_6572_7231
  case model = 0x676D_6D5F_6D6F_6431
  case cancel = 0x676D_6D5F_6361_6E31
  case posterior = 0x676D_6D5F_706F_7331
  case summary = 0x676D_6D5F_7375_6D31
  case fit = 0x676D_6D5F_6669_7431
  case statistics = 0x676D_6D5F_7374_6131
  case data = 0x676D_6D5F_6461_7431
  case stepwise = 0x676D_6D5F_7374_6531
  case variational = 0x676D_6D5F_7661_7231
  case run = 0x676D_6D5F_7275_6E31
  case stream = 0x676D_6D5F_7374_7231
  case diagnosis = 0x676D_6D5F_6469_6131
}

/// An object that a caller holds through an opaque pointer.
protocol HandleObject: AnyObject {
  static var handleKind: HandleKind { get }
}

/// The memory behind an opaque pointer: a mark, and a retained reference.
private struct HandleMemory: ~Copyable {
  let mark: Atomic<UInt64>
  let reference: Unmanaged<AnyObject>
}

/// The mark of a destroyed handle. No kind has this mark.
private let destroyedMark: UInt64 = 0xDEAD_DEAD_DEAD_DEAD

/// The memory of the handles that were destroyed last, 16 bytes each. It is kept, so that a destroyed handle is
/// recognised when it is used or destroyed again.
private enum DestroyedHandles {
  private static let count: UInt = 256
  private static let next = Atomic<UInt>(0)
  nonisolated(unsafe) private static let places: UnsafeMutablePointer<Atomic<UInt>> = {
    // SAFETY: the memory is never freed, and every place is initialised before the pointer is seen.
    let places = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: Int(count))
    for index in 0..<Int(count) { (places + index).initialize(to: Atomic(0)) }
    return places
  }()

  /// Takes over the memory of a destroyed handle, and frees the memory that has been here longest.
  static func keep(_ memory: UnsafeMutablePointer<HandleMemory>) {
    let place = next.wrappingAdd(1, ordering: .relaxed).oldValue % count
    let oldest = places[Int(place)].exchange(UInt(bitPattern: memory), ordering: .acquiringAndReleasing)
    // SAFETY: the pointers in the places come from `keep`, and only the thread that exchanges a pointer has it.
    UnsafeMutablePointer<HandleMemory>(bitPattern: oldest)?.deallocate()
  }
}

/// Makes an opaque pointer that keeps `object` alive until ``destroyHandle(_:_:)``.
func makeHandle<Object: HandleObject>(_ object: Object) -> OpaquePointer {
  // SAFETY: the caller of the C function owns the memory and frees it through `destroyHandle`.
  let memory = UnsafeMutablePointer<HandleMemory>.allocate(capacity: 1)
  memory.initialize(
    to: HandleMemory(
      mark: Atomic(Object.handleKind.rawValue), reference: Unmanaged.passRetained(object as AnyObject)))
  return OpaquePointer(memory)
}

/// Returns the object behind a handle, or `nil` for NULL, another kind, or a handle that shows that it was destroyed.
func object<Object: HandleObject>(_ handle: OpaquePointer?, _ type: Object.Type = Object.self) -> Object? {
  guard let memory = handleMemory(handle, Object.handleKind) else { return nil }
  return unsafeDowncast(memory.pointee.reference.takeUnretainedValue(), to: Object.self)
}

/// Returns the object behind a handle that a function requires.
func require<Object: HandleObject>(
  _ handle: OpaquePointer?, _ name: String, _ type: Object.Type = Object.self
) throws(CallError) -> Object {
  guard handle != nil else { throw .null(name) }
  guard let object = object(handle, type) else {
    throw CallError(
      GMM_ERROR_WRONG_HANDLE, name, "must be a live gmm_\(Object.handleKind) handle", got: "another one")
  }
  return object
}

/// Releases the object behind a handle, if the handle is of this type. If there are several calls for one handle,
/// exactly one of them releases the object.
func destroyHandle<Object: HandleObject>(_ handle: OpaquePointer?, _ type: Object.Type) {
  guard let memory = handleMemory(handle, Object.handleKind) else { return }
  let (isMine, _) = memory.pointee.mark.compareExchange(
    expected: Object.handleKind.rawValue, desired: destroyedMark, ordering: .acquiringAndReleasing)
  guard isMine else { return }
  memory.pointee.reference.release()
  DestroyedHandles.keep(memory)
}

private func handleMemory(_ handle: OpaquePointer?, _ kind: HandleKind) -> UnsafeMutablePointer<HandleMemory>? {
  // SAFETY: handles come from `makeHandle`. Every kind has the same layout, so the mark of any handle can be read.
  guard let handle else { return nil }
  let address = UInt(bitPattern: handle)
  guard address.isMultiple(of: UInt(MemoryLayout<HandleMemory>.alignment)) else { return nil }
  let memory = UnsafeMutablePointer<HandleMemory>(handle)
  return memory.pointee.mark.load(ordering: .relaxed) == kind.rawValue ? memory : nil
}

import GMMKernels

/// The kinds of opaque pointers that callers hold, told apart by a number at their start.
enum HandleKind: UInt64 {
  case error = 0x676D_6D5F_6572_7231
  case model = 0x676D_6D5F_6D6F_6431
  case cancel = 0x676D_6D5F_6361_6E31
  case posterior = 0x676D_6D5F_706F_7331
  case summary = 0x676D_6D5F_7375_6D31
  case fit = 0x676D_6D5F_6669_7431
  case statistics = 0x676D_6D5F_7374_6131
}

/// An object that a caller holds through an opaque pointer.
protocol HandleObject: AnyObject {
  static var handleKind: HandleKind { get }
}

/// The memory behind an opaque pointer: a mark, and a retained reference.
private struct HandleMemory {
  var mark: UInt64
  var reference: Unmanaged<AnyObject>
}

/// A mark that no kind has: the handle was destroyed.
private let destroyedMark: UInt64 = 0xDEAD_DEAD_DEAD_DEAD

/// Makes an opaque pointer that keeps `object` alive until ``destroyHandle(_:_:)``.
func makeHandle<Object: HandleObject>(_ object: Object) -> OpaquePointer {
  // SAFETY: owned by the caller of the C function, freed by `destroyHandle`.
  let memory = UnsafeMutablePointer<HandleMemory>.allocate(capacity: 1)
  memory.initialize(
    to: HandleMemory(mark: Object.handleKind.rawValue, reference: Unmanaged.passRetained(object as AnyObject)))
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
    throw CallError(wrongHandle: name, "must be a live gmm_\(Object.handleKind) handle, got another one")
  }
  return object
}

/// Lets go of the object behind a handle, if it is one of this type.
func destroyHandle<Object: HandleObject>(_ handle: OpaquePointer?, _ type: Object.Type) {
  guard let memory = handleMemory(handle, Object.handleKind) else { return }
  memory.pointee.mark = destroyedMark
  memory.pointee.reference.release()
  memory.deallocate()
}

private func handleMemory(_ handle: OpaquePointer?, _ kind: HandleKind) -> UnsafeMutablePointer<HandleMemory>? {
  // SAFETY: handles come from `makeHandle`; every kind has the same layout, so the mark of any of them can be read.
  guard let handle else { return nil }
  let address = UInt(bitPattern: handle)
  guard address.isMultiple(of: UInt(MemoryLayout<HandleMemory>.alignment)) else { return nil }
  let memory = UnsafeMutablePointer<HandleMemory>(handle)
  return memory.pointee.mark == kind.rawValue ? memory : nil
}

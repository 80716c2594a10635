/// A variable that closures on one thread at a time share.
public final class Box<Value>: @unchecked Sendable {
  public var value: Value

  public init(_ value: Value) { self.value = value }
}

/// A variable that closures share. Only one thread may use it at a time.
public final class Box<Value>: @unchecked Sendable {
  public var value: Value

  public init(_ value: Value) { self.value = value }
}

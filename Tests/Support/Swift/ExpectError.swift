import GMMModel
import Testing

/// Expects that `body` throws a ``ModelError`` of this kind about this argument, with the text `argument: rule`.
public func expectError<Value>(
  _ kind: ModelError.Kind, _ argument: String, _ rule: String, location: SourceLocation = #_sourceLocation,
  _ body: () throws -> Value
) {
  do {
    _ = try body()
    Issue.record("no error about \(argument)", sourceLocation: location)
  } catch let error as ModelError {
    #expect(error.kind == kind, sourceLocation: location)
    #expect(error.argument == argument, sourceLocation: location)
    #expect(
      error.description == (argument.isEmpty ? rule : "\(argument): \(rule)"), sourceLocation: location)
  } catch {
    Issue.record(error, sourceLocation: location)
  }
}

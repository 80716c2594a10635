/// Returns a number with so many decimals.
func decimals(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "-" : value > 0 ? "inf" : "-inf" }
  guard abs(value) < 1e9 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let units = (abs(value) * scale).rounded()
  let integer = (units / scale).rounded(.down)
  let sign = value < 0 && units > 0 ? "-" : ""
  guard digits > 0 else { return sign + grouped(Int(units)) }
  var fraction = "\(Int(units - integer * scale))"
  while fraction.utf8.count < digits { fraction = "0" + fraction }
  return "\(sign)\(grouped(Int(integer))).\(fraction)"
}

/// Returns a number with about three digits.
func rounded(_ value: Double) -> String {
  let size = abs(value)
  if size >= 100 || size == 0 { return decimals(value, 0) }
  if size >= 10 { return decimals(value, 1) }
  if size >= 1 { return decimals(value, 2) }
  if size >= 0.1 { return decimals(value, 3) }
  return size >= 1e-3 ? decimals(value, 4) : "\(value)"
}

/// Returns a number without decimals.
func whole(_ value: Double) -> String { decimals(value, 0) }

/// Returns an integer with commas between thousands.
func grouped(_ value: Int) -> String {
  var (text, rest) = ("", value.magnitude)
  while rest >= 1_000 {
    let digits = "\(rest % 1_000)"
    text = "," + String(repeating: "0", count: 3 - digits.utf8.count) + digits + text
    rest /= 1_000
  }
  return "\(value < 0 ? "-" : "")\(rest)\(text)"
}

/// Returns a share as a percentage.
func percentage(_ share: Double) -> String { "\(decimals(100 * share, 0)) %" }

/// Returns a list in words: "0", "0 and 2", "0, 1 and 3", at most ten items.
func listed(_ items: [String]) -> String {
  guard items.count <= 10 else { return items.prefix(9).joined(separator: ", ") + " and \(items.count - 9) more" }
  guard let last = items.last, items.count > 1 else { return items.first ?? "" }
  return items.dropLast().joined(separator: ", ") + " and " + last
}

/// Returns a noun with the numbers that it names: "chain 1", "chains 0 and 2".
func named(_ noun: String, _ numbers: [Int]) -> String {
  "\(noun)\(numbers.count == 1 ? "" : "s") \(listed(numbers.map { "\($0)" }))"
}

/// Returns a number of things: "1 chain", "1,000 draws".
func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

import GMMKernels

/// Writes one of the ``KeyedNumbers`` to standard output for as long as somebody reads it:
///
///     RandomBattery STREAM SEED
///
/// where STREAM is the name of one of them, and SEED the first of two neighbouring seeds.
@main
struct RandomBattery {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let numbers = KeyedNumbers(rawValue: arguments[1]), let seed = UInt64(arguments[2])
    else {
      let names = KeyedNumbers.allCases.map(\.rawValue).joined(separator: "|")
      print("usage: RandomBattery \(names) SEED")
      exit(2)
    }
    var output = Output()
    var iteration: UInt64 = 0
    while output.isOpen {
      iteration += 1
      numbers.write(iteration, seed: seed, to: &output)
    }
  }
}

// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel
import GaussianMixtures

/// The object behind a `gmm_diagnosis`: findings and measures with their text.
final class DiagnosisObject: HandleObject {
  static let handleKind = HandleKind.diagnosis

  /// A finding with its text.
  struct Item {
    let kind: Int32
    let severity: Int32
    let what: CText
    let advice: CText
    let numbers: [(name: CText, value: Double)]
  }

  let findings: [Item]
  let measures: [(name: CText, value: ScalarConvergence)]
  let text: CText

  init(_ diagnosis: Diagnosis) {
    findings = diagnosis.findings.map { finding in
      Item(
        kind: Int32(finding.kind.rawValue), severity: Int32(finding.severity.rawValue), what: CText(finding.what),
        advice: CText(finding.advice), numbers: finding.numbers.map { (CText($0.name), $0.value) })
    }
    measures = diagnosis.measures.map { (CText($0.name), $0) }
    text = CText(diagnosis.text)
  }
}

@_cdecl("gmm_posterior_diagnose") @implementation
public func gmm_posterior_diagnose(
  _ posterior: OpaquePointer?, _ extent: Int32, _ control: UnsafePointer<gmm_control>?,
  _ out_diagnosis: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_diagnosis?.pointee = nil
  return call(out_error) {
    let out = try required(out_diagnosis, "out_diagnosis")
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let chosen: Diagnosis.Extent =
      switch extent {
      case GMM_DIAGNOSIS_QUICK: .quick
      case GMM_DIAGNOSIS_FULL: .full
      default: throw CallError.invalid("extent", "must be one of GMM_DIAGNOSIS_...", got: extent)
      }
    let control = try runControl(control)
    out.pointee = makeHandle(DiagnosisObject(try object.posterior.diagnosis(chosen, control)))
  }
}

@_cdecl("gmm_posterior_empty_probabilities") @implementation
public func gmm_posterior_empty_probabilities(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let control = try runControl(control)
    let components = object.posterior.layout.componentCount
    let out = try output(out_probabilities, "out_probabilities", needs: [components], capacity: capacity)
    let probabilities = try object.shown(control).emptyProbabilities(control)
    out.update(from: probabilities, count: components)
  }
}

/// Returns an item of a list that a caller counts from 0, or `nil` for an invalid handle or out of range.
private func item<Element>(
  _ diagnosis: OpaquePointer?, _ list: (DiagnosisObject) -> [Element], _ index: Int32
) -> Element? {
  guard let items = object(diagnosis, DiagnosisObject.self).map(list), items.indices.contains(Int(index)) else {
    return nil
  }
  return items[Int(index)]
}

@_cdecl("gmm_diagnosis_num_findings") @implementation
public func gmm_diagnosis_num_findings(_ diagnosis: OpaquePointer?) -> Int32 {
  Int32(object(diagnosis, DiagnosisObject.self)?.findings.count ?? 0)
}

@_cdecl("gmm_diagnosis_kind") @implementation
public func gmm_diagnosis_kind(_ diagnosis: OpaquePointer?, _ finding: Int32) -> Int32 {
  item(diagnosis, \.findings, finding)?.kind ?? -1
}

@_cdecl("gmm_diagnosis_severity") @implementation
public func gmm_diagnosis_severity(_ diagnosis: OpaquePointer?, _ finding: Int32) -> Int32 {
  item(diagnosis, \.findings, finding)?.severity ?? -1
}

@_cdecl("gmm_diagnosis_what") @implementation
public func gmm_diagnosis_what(_ diagnosis: OpaquePointer?, _ finding: Int32) -> UnsafePointer<CChar>! {
  item(diagnosis, \.findings, finding)?.what.pointer
}

@_cdecl("gmm_diagnosis_advice") @implementation
public func gmm_diagnosis_advice(_ diagnosis: OpaquePointer?, _ finding: Int32) -> UnsafePointer<CChar>! {
  item(diagnosis, \.findings, finding)?.advice.pointer
}

@_cdecl("gmm_diagnosis_num_numbers") @implementation
public func gmm_diagnosis_num_numbers(_ diagnosis: OpaquePointer?, _ finding: Int32) -> Int32 {
  Int32(item(diagnosis, \.findings, finding)?.numbers.count ?? 0)
}

@_cdecl("gmm_diagnosis_number_name") @implementation
public func gmm_diagnosis_number_name(
  _ diagnosis: OpaquePointer?, _ finding: Int32, _ number: Int32
) -> UnsafePointer<CChar>! {
  guard let numbers = item(diagnosis, \.findings, finding)?.numbers, numbers.indices.contains(Int(number)) else {
    return nil
  }
  return numbers[Int(number)].name.pointer
}

@_cdecl("gmm_diagnosis_number") @implementation
public func gmm_diagnosis_number(_ diagnosis: OpaquePointer?, _ finding: Int32, _ number: Int32) -> Double {
  guard let numbers = item(diagnosis, \.findings, finding)?.numbers, numbers.indices.contains(Int(number)) else {
    return .nan
  }
  return numbers[Int(number)].value
}

@_cdecl("gmm_diagnosis_num_measures") @implementation
public func gmm_diagnosis_num_measures(_ diagnosis: OpaquePointer?) -> Int32 {
  Int32(object(diagnosis, DiagnosisObject.self)?.measures.count ?? 0)
}

@_cdecl("gmm_diagnosis_measure_name") @implementation
public func gmm_diagnosis_measure_name(_ diagnosis: OpaquePointer?, _ measure: Int32) -> UnsafePointer<CChar>! {
  item(diagnosis, \.measures, measure)?.name.pointer
}

@_cdecl("gmm_diagnosis_measure") @implementation
public func gmm_diagnosis_measure(_ diagnosis: OpaquePointer?, _ measure: Int32, _ column: Int32) -> Double {
  guard let measure = item(diagnosis, \.measures, measure)?.value else { return .nan }
  switch column {
  case GMM_COLUMN_R_HAT: return measure.rHat
  case GMM_COLUMN_ESS_BULK: return measure.essBulk
  case GMM_COLUMN_ESS_TAIL: return measure.essTail
  default: return .nan
  }
}

@_cdecl("gmm_diagnosis_text") @implementation
public func gmm_diagnosis_text(_ diagnosis: OpaquePointer?) -> UnsafePointer<CChar>! {
  object(diagnosis, DiagnosisObject.self)?.text.pointer ?? constant("")
}

@_cdecl("gmm_diagnosis_destroy") @implementation
public func gmm_diagnosis_destroy(_ diagnosis: OpaquePointer?) {
  destroyHandle(diagnosis, DiagnosisObject.self)
}

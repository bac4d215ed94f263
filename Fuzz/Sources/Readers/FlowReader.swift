import InputText
import Intercept

/// A line of `--flows`, and the trace of its connection.
enum FlowReader: FuzzedReader {
  static let name = "flows"

  private static let tracer = Tracer(Simulation.sidecar)

  static func check(_ input: [UInt8]) {
    do {
      let line = try DescribedFlow.Line(String(decoding: input, as: UTF8.self))
      let trace = tracer.trace(line.described.flow)
      Oracle.expectVisible(trace.text(), input)
    } catch {
      Oracle.expectVisible(error.inputReason, input)
    }
  }
}

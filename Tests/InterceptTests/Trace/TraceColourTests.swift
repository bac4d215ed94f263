import Intercept
import TestSupport
import Testing
import TextOutput

@Suite struct TraceColourTests {
  @Test func coloursAddNothingButColours() {
    let trace = Configuration.documented.tracer().trace(.out("10.0.23.154:5701"))
    let coloured = trace.text(.coloured)
    #expect(coloured.contains("\u{1b}[32m    9  -j ISTIO_REDIRECT\u{1b}[0m\n"))
    #expect(coloured.replacing(/\u{1b}\[[0-9]+m/, with: "") == trace.text())
    #expect(!trace.text().contains("\u{1b}"))
  }
}

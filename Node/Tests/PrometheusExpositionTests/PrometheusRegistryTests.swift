import CoreMetrics
import PrometheusExposition
import Testing

@Suite struct PrometheusRegistryTests {
  @Test func countersGaugesAndHistogramsInTheTextFormat() {
    let registry = PrometheusRegistry([
      MetricFamily("c_total", .counter, help: "A counter."), MetricFamily("g", .gauge, help: "A gauge."),
      MetricFamily("d_seconds", .histogram([0.1, 1]), help: "A duration."),
    ])
    Counter(label: "c_total", dimensions: [("result", "a\"b\n\\")], factory: registry).increment(by: 3)
    Meter(label: "g", factory: registry).set(2.5)
    let timer = Timer(label: "d_seconds", factory: registry)
    for nanoseconds: Int64 in [50_000_000, 500_000_000, 5_000_000_000] {
      timer.recordNanoseconds(nanoseconds)
    }
    #expect(
      registry.text == """
        # HELP c_total A counter.
        # TYPE c_total counter
        c_total{result="a\\"b\\n\\\\"} 3
        # HELP g A gauge.
        # TYPE g gauge
        g 2.5
        # HELP d_seconds A duration.
        # TYPE d_seconds histogram
        d_seconds_bucket{le="0.1"} 1
        d_seconds_bucket{le="1"} 2
        d_seconds_bucket{le="+Inf"} 3
        d_seconds_sum 5.55
        d_seconds_count 3

        """)
  }

  @Test func labelsCannotFillTheMemory() {
    let registry = PrometheusRegistry([MetricFamily("c_total", .counter, help: "x")], limit: 3)
    for value in 0..<100 {
      Counter(label: "c_total", dimensions: [("pod", "\(value)")], factory: registry).increment()
      Counter(label: "undeclared\(value)", factory: registry).increment()
    }
    #expect(registry.text.split(separator: "\n").count == 5)
  }
}

public import CoreMetrics
import Synchronization

/// Metrics of swift-metrics in memory, and their exposition in Prometheus' text format (version 0.0.4).
///
/// Only declared metrics are kept, and each has a limited number of series: a label with values from outside cannot
/// fill the memory.
public final class PrometheusRegistry: MetricsFactory {
  private let families: [MetricFamily]
  private let series: Mutex<[String: [SeriesLabels: Series]]>
  private let limit: Int

  private enum Series: Sendable {
    case counter(CounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)
  }

  /// - Parameters:
  ///   - families: the metrics, in the order of the exposition.
  ///   - limit: the maximum number of series of each.
  public init(_ families: [MetricFamily], limit: Int = 200) {
    self.families = families
    self.limit = limit
    series = Mutex([:])
  }

  /// The content type of ``text``.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// All metrics in the text format.
  public var text: String {
    let all = series.withLock { $0 }
    return families.flatMap { family in
      ["# HELP \(family.name) \(family.help)", "# TYPE \(family.name) \(family.typeName)"]
        + Self.lines(family, all[family.name] ?? [:])
    }.joined(separator: "\n") + "\n"
  }

  private static func lines(_ family: MetricFamily, _ series: [SeriesLabels: Series]) -> [String] {
    series.map { ($0.key.text(), $0) }.sorted { $0.0 < $1.0 }.flatMap { text, entry -> [String] in
      switch entry.value {
      case .counter(let counter): ["\(family.name)\(text) \(counter.value.metricText)"]
      case .gauge(let gauge): ["\(family.name)\(text) \(gauge.value.metricText)"]
      case .histogram(let histogram): histogram.lines(family.name, entry.key)
      }
    }
  }
}

extension PrometheusRegistry {
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counter(label, dimensions)
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    counter(label, dimensions)
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, dimensions)
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions)
  }

  // Series live as long as the process: their number is limited, and counters must not start anew.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
}

extension PrometheusRegistry {
  private func counter(_ name: String, _ dimensions: [(String, String)]) -> CounterSeries {
    let found = find(name, dimensions) { kind in kind == .counter ? .counter(CounterSeries()) : nil }
    if case .counter(let series)? = found { return series }
    return CounterSeries()
  }

  private func gauge(_ name: String, _ dimensions: [(String, String)]) -> GaugeSeries {
    let found = find(name, dimensions) { kind in kind == .gauge ? .gauge(GaugeSeries()) : nil }
    if case .gauge(let series)? = found { return series }
    return GaugeSeries()
  }

  private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
    let found = find(name, dimensions) { kind in
      if case .histogram(let bounds) = kind { .histogram(HistogramSeries(bounds)) } else { nil }
    }
    if case .histogram(let series)? = found { return series }
    return HistogramSeries([])
  }

  /// Returns a series, a new one if need be; nil if the metric is not declared, or has too many.
  private func find(
    _ name: String, _ dimensions: [(String, String)], make: (MetricFamily.Kind) -> Series?
  ) -> Series? {
    let labels = SeriesLabels(dimensions)
    guard let family = families.first(where: { $0.name == name }) else { return nil }
    return series.withLock { all in
      if let found = all[name]?[labels] { return found }
      guard all[name, default: [:]].count < limit, let made = make(family.kind) else { return nil }
      all[name, default: [:]][labels] = made
      return made
    }
  }
}

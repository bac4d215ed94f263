import CoreMetrics
import Synchronization

/// One series of a counter.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
  private let total = Mutex(0.0)

  var value: Double { total.withLock { $0 } }

  func increment(by amount: Int64) { total.withLock { $0 += Double(amount) } }
  func increment(by amount: Double) { total.withLock { $0 += amount } }
  func reset() { total.withLock { $0 = 0 } }
}

/// One series of a gauge.
final class GaugeSeries: MeterHandler, RecorderHandler {
  private let state = Mutex(0.0)

  var value: Double { state.withLock { $0 } }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { state.withLock { $0 = value } }
  func increment(by amount: Double) { state.withLock { $0 += amount } }
  func decrement(by amount: Double) { state.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
}

/// One series of a histogram.
final class HistogramSeries: TimerHandler, RecorderHandler {
  private let bounds: [Double]
  private let state: Mutex<Counts>

  struct Counts {
    /// One count per bound, and one for larger values.
    var buckets: [UInt64]
    var sum = 0.0
  }

  init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
  }

  var counts: Counts { state.withLock { $0 } }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.buckets[bucket] += 1
      $0.sum += value
    }
  }

  /// The lines of the text format.
  func lines(_ name: String, _ labels: SeriesLabels) -> [String] {
    let counts = counts
    var total: UInt64 = 0
    let buckets = zip(bounds.map(\.metricText) + ["+Inf"], counts.buckets).map { bound, count in
      total += count
      return "\(name)_bucket\(labels.text(and: ("le", bound))) \(total)"
    }
    return buckets + [
      "\(name)_sum\(labels.text()) \(counts.sum.metricText)", "\(name)_count\(labels.text()) \(total)",
    ]
  }
}

extension Double {
  /// The number without a fraction if it has none: `12`, `0.5`.
  var metricText: String {
    self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)"
  }
}

/// Who listens while a packet goes its way.
///
/// The events are made only for those who want them, so that there is one evaluator for the verdict alone and for
/// the whole story.
protocol Recorder {
  func record(_ event: @autoclosure () -> TraceEvent)
}

/// Listens to nothing.
struct SilentRecorder: Recorder {
  @inline(__always)
  func record(_ event: @autoclosure () -> TraceEvent) {}
}

/// Keeps everything. A class, since events are made from the walk that has the recorder.
final class StoryRecorder: Recorder {
  private(set) var events: [TraceEvent] = []

  func record(_ event: @autoclosure () -> TraceEvent) {
    events.append(event())
  }
}

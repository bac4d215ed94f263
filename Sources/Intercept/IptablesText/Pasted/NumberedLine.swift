/// A line of a text, and its number in the file, counted from 1.
struct NumberedLine: Hashable {
  let number: Int
  var text: String { didSet { place = nil } }
  /// True if a log's envelope was removed from the line.
  var isFromLog = false
  /// The pod whose log has the line; nil if no prefix or field names it.
  var pod: String?
  /// The bytes of the file that are the line; nil if its text was changed.
  private(set) var place: Range<Int>?

  init(number: Int, text: String, isFromLog: Bool = false, pod: String? = nil) {
    self.number = number
    self.text = text
    self.isFromLog = isFromLog
    self.pod = pod
  }

  /// A line as it is in a file.
  init(number: Int, _ bytes: [UInt8], at place: Range<Int>) {
    self.number = number
    text = String(decoding: bytes[place], as: UTF8.self)
    self.place = place
  }

  /// The line with another text, and with its place if the text is the same.
  func with(_ text: String) -> NumberedLine {
    if text == self.text { return self }
    return NumberedLine(number: number, text: text, isFromLog: isFromLog, pod: pod)
  }
}

import CNetfilter
import Intercept

/// `struct xt_comment_info`: text up to a NUL.
extension CommentMatch: XtCodable {
  static var revision: UInt32 { 0 }

  func info(_ family: IPFamily) -> [UInt8] {
    let room = [UInt8](xt: xt_comment_info.self) { _ in }
    return Array((Array(text.utf8) + room).prefix(room.count))
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let text = String(validating: info.prefix { $0 != 0 }, as: UTF8.self) else { return nil }
    self.init(text)
  }
}

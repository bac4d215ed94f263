import LocalSocket

/// A connection to the node agent's Unix socket, for one request and its answer.
enum AgentConnection {
  /// Sends a request and reads the answer to its end.
  ///
  /// - Parameters:
  ///   - request: the request, as text of HTTP/1.1.
  ///   - path: the socket's path.
  ///   - time: the time limit for all of it.
  ///   - limit: the maximum number of bytes of the answer.
  /// - Returns: nil if nothing listens there, or the answer is late or too long.
  static func answer(to request: String, at path: String, within time: Duration, atMost limit: Int)
    -> [UInt8]?
  {
    do {
      let socket = try LocalSocket(path, within: time)
      try socket.write(Array(request.utf8))
      var answer: [UInt8] = []
      while answer.count <= limit {
        let part = try socket.read()
        if part.isEmpty { return answer }
        answer += part
      }
      return nil
    } catch {
      return nil
    }
  }
}

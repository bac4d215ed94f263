import Manifests
import Testing

/// Two hosts without an address on one port, by their protocols: a.example is the older.
struct ConflictCasesTests {
  private static func hosts(_ first: String, _ second: String) -> [String] {
    [entry("b", port: 99, second, created: "2"), entry("a", port: 99, first, created: "1")]
  }

  /// The protocols, and the hosts that get plain TCP, HTTP for each of the hosts, and TLS for each of them; `-` for none.
  private static let table = """
    TCP     TCP      a  a a  a a
    TCP     HTTP     a  - b  a a
    TCP     ""       a  - b  a a
    TCP     TLS      a  a a  a b
    TCP     HTTPS    a  a a  a b
    TCP     Redis    a  a a  a a
    TCP     MySQL    a  a a  a a
    TCP     Mongo    a  a a  a a
    TCP     GRPC     a  - b  a a
    TCP     UDP      a  a a  a a
    HTTP    TCP      b  a -  b b
    HTTP    HTTP     -  a b  - -
    HTTP    ""       -  a b  - -
    HTTP    TLS      -  a -  - b
    HTTP    HTTP2    -  a b  - -
    HTTP    MySQL    -  a -  - -
    ""      TCP      a  a -  a a
    ""      HTTP     a  a b  a a
    ""      ""       a  a b  a a
    ""      TLS      a  a -  a b
    ""      Redis    a  a -  a a
    ""      Mongo    a  a -  a a
    TLS     TCP      b  b b  a b
    TLS     HTTP     -  - b  a -
    TLS     ""       b  - b  a b
    TLS     TLS      -  - -  a b
    TLS     HTTPS    -  - -  a b
    HTTPS   TCP      b  b b  a b
    HTTPS   HTTPS    -  - -  a b
    MySQL   MySQL    a  a a  a a
    MySQL   TCP      a  a a  a a
    MySQL   HTTP     a  a a  a a
    MySQL   ""       a  a a  a a
    Mongo   TLS      a  a a  a a
    Redis   Redis    a  a a  a a
    Redis   HTTP     a  - b  a a
    UDP     TCP      b  b b  b b
    GRPC    HTTP2    -  a b  - -
    """

  static let cases = table.split(separator: "\n").flatMap { line in
    let words = line.split(separator: " ").map { $0 == "\"\"" ? "" : String($0) }
    let clients: [ListenerCase.Client] = [
      .tcp, .http("a.example"), .http("b.example"), .tls("a.example"), .tls("b.example"),
    ]
    return zip(clients, words.dropFirst(2)).map { client, host in
      let cluster = host == "-" ? "PassthroughCluster" : "outbound|99||\(host).example"
      return ListenerCase(
        "\(words[0]), \(words[1]), \(client)", hosts(words[0], words[1]), "9.9.9.9:99", client,
        "0.0.0.0_99 \(cluster)")
    }
  }

  @Test(arguments: cases) func twoProtocols(_ sample: ListenerCase) throws {
    #expect(try sample.route() == sample.expected)
  }
}

import Intercept
import Testing

@Suite struct RouteTextTests {
  @Test func coloursAddNothingButColours() {
    let connection = EnvoyConnection.on(15001, to: "10.0.0.1:80")
    let route = EnvoyConfiguration(listeners: [.virtualOutbound]).route(connection)
    let coloured = route.text(for: connection, .coloured)
    #expect(coloured.contains("\u{1b}[36m  listener virtualOutbound\u{1b}[0m\n"))
    #expect(coloured.replacing(/\u{1b}\[[0-9]+m/, with: "") == route.text(for: connection))
  }
}

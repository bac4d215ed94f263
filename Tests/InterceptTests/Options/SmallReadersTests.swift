import Testing

import Intercept
@testable import MeshOptions
@testable import PacketTrace

/// The readings that have a grammar of their own: toggles, durations, resolv.conf, log levels.
struct SmallReadersTests {
  @Test(arguments: [
    ("1", true), ("t", true), ("T", true), ("true", true), ("True", true), ("TRUE", true), (" true ", true),
    ("0", false), ("f", false), ("F", false), ("false", false), ("False", false), ("FALSE", false),
    ("tRUE", nil), ("yes", nil), ("on", nil), ("2", nil), ("", nil), ("truefalse", nil),
  ])
  func togglesAsParseBoolReadsThem(_ text: String, _ expected: Bool?) {
    var reader = OptionReader(Options(flags: [.dryRun: Options.Given(name: "-n", text: text)]))
    let value = reader.toggle(.dryRun)
    let isRefused = (try? reader.finish()) == nil
    #expect((isRefused ? nil : value) == expected)
  }

  @Test(arguments: [
    ("5s", Duration.seconds(5)), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)),
    ("1.5h", .seconds(5400)),
    ("24h", .seconds(86_400)), ("100us", .microseconds(100)), ("100µs", .microseconds(100)),
    ("5", nil), ("", nil), ("s", nil), ("0s", nil), ("-5s", nil), ("+5s", nil), ("5x", nil), ("5 s", nil),
    ("1..5s", nil),
    (".s", nil), ("24h1s", nil), ("99999999999999999999h", nil), ("1e3s", nil), ("٥s", nil), ("infs", nil),
  ])
  func durationsAsGoWritesThem(_ text: String, _ expected: Duration?) {
    #expect(Duration(goText: text) == expected)
  }

  @Test(arguments: [
    ("nameserver 10.96.0.10\n", ["10.96.0.10"]),
    (
      "nameserver 10.96.0.10\nnameserver fd00::10\nsearch svc.local\noptions ndots:5\n",
      ["10.96.0.10", "fd00::10"]
    ),
    ("nameserver\t127.0.0.53  \r\n", ["127.0.0.53"]),
    ("nameserver fe80::1%eth0\n", ["fe80::1"]),
    ("# nameserver 1.1.1.1\n;nameserver 1.1.1.1\n nameserver 1.1.1.1\n", []),
    ("nameserver 10.0.0.1 # ours\n", ["10.0.0.1"]),
    ("nameserver dns.example.com\nnameserver 300.1.1.1\nnameserver\nnameserver 8.8.8.8", ["8.8.8.8"]),
    ("nameservers 1.1.1.1\nNAMESERVER 1.1.1.1\n", []),
    ("", []),
  ])
  func resolvConf(_ text: String, _ servers: [String]) {
    #expect(ResolverConfiguration(text).nameservers.map(\.description) == servers)
  }

  @Test(arguments: [
    ("info", LogOptions.Level.info), ("debug", .debug), ("default:warn", .warn), ("all:error", .error),
    ("ads:debug", .info), ("ads:debug,default:fatal", .fatal), ("default:debug,all:none", .none), ("", .info),
    ("warn, ads:debug", .warn),
  ])
  func logLevels(_ text: String, _ level: LogOptions.Level) throws {
    let given = Options.Given(name: "--log_output_level", text: text)
    var reader = OptionReader(Options(flags: [.logOutputLevel: given]))
    #expect(LogOptions(reading: &reader).level == level)
    try reader.finish()
  }
}

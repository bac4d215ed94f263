import Intercept

/// An access log as JSON: the answer of `access-log --format json`.
struct AccessLogJSON: Encodable {
  /// Lines of the access log.
  let total: Int
  /// Lines of other programs.
  let unreadable: Int
  /// Pairs of lines about the two ends of one connection.
  let pairs: Int
  /// The first lines.
  let lines: [Line]
  let groups: [Group]

  init(_ report: AccessLogReport, _ explanations: [AccessLogExplanation]) {
    (total, unreadable, pairs) = (report.count, report.unreadable.count, report.pairs)
    lines = explanations.map(Line.init)
    groups = report.groups.map(Group.init)
  }

  /// Lines of one cluster with the same flags and status.
  struct Group: Encodable {
    let cluster: String?
    let flags: [String]
    let status: Int?
    let lines: Int
    let longestMilliseconds: Int
    let firstLine: Int

    init(_ group: AccessLogReport.Group) {
      cluster = group.example[.upstreamCluster]
      flags = group.example.flags
      status = group.example.isHTTP ? group.example.number(.responseCode) : nil
      (lines, longestMilliseconds) = (group.count, group.longestDuration)
      firstLine = group.example.number
    }
  }
}

extension AccessLogJSON {
  /// A line of the log.
  struct Line: Encodable {
    let line: Int
    let format: String
    let pod: String?
    let container: String?
    let time: String?
    /// `outbound`, `inbound`, `gateway`, `proxy` or `unknown`.
    let direction: String
    /// `TCP`, HTTP with its version, or `unknown`.
    let `protocol`: String
    let method: String?
    let path: String?
    let authority: String?
    let status: Int?
    let client: String?
    let originalDestination: String?
    let proxySource: String?
    let upstream: String?
    let cluster: String?
    let clusterMeaning: String?
    let flags: [Flag]
    let details: [Detail]
    let bytesReceived: Int?
    let bytesSent: Int?
    let milliseconds: Int?
    let remarks: [String]
    /// The number of the line about the other end.
    let pairedWith: Int?
    let now: Route?
    let rules: Rules?

    init(_ explanation: AccessLogExplanation) {
      let entry = explanation.entry
      line = entry.number
      format = entry.format
      (pod, container) = (explanation.source.pod, explanation.source.container)
      time = entry[.startTime]
      direction = explanation.hop.side.rawValue
      `protocol` = entry.isHTTP ? entry[.protocolName] ?? "HTTP" : entry.isProtocolKnown ? "TCP" : "unknown"
      (method, path, authority) = (entry[.method], entry[.path], entry[.authority])
      status = entry.isHTTP ? entry.number(.responseCode) : nil
      (client, originalDestination) = (entry[.downstreamRemoteAddress], entry[.downstreamLocalAddress])
      (proxySource, upstream) = (entry[.upstreamLocalAddress], entry[.upstreamHost])
      cluster = entry[.upstreamCluster]
      clusterMeaning = explanation.hop.cluster?.meaning
      flags = entry.flags.map(Flag.init)
      details = explanation.details.map { Detail(text: $0.text, meaning: $0.meaning) }
      (bytesReceived, bytesSent) = (entry.number(.bytesReceived), entry.number(.bytesSent))
      milliseconds = entry.number(.duration)
      remarks = explanation.remarks
      pairedWith = explanation.partner
      now = explanation.today.map(Route.init)
      rules = explanation.trace.map(Rules.init)
    }
  }

  /// A response flag.
  struct Flag: Encodable {
    /// As in the log.
    let flag: String
    let name: String?
    let meaning: String?
    let causes: String?

    init(_ text: String) {
      let known = ResponseFlag(name: text)
      flag = text
      (name, meaning, causes) = (known?.longName, known?.meaning, known?.causes)
    }
  }

  /// Response code details, termination details, or the reason of a failed connection.
  struct Detail: Encodable {
    let text: String
    let meaning: String?
  }

  /// The route that the connection would take with the given listeners.
  struct Route: Encodable {
    /// `same`, `different` or `unknown`.
    let comparison: String
    let listener: String?
    let cluster: String?
    let why: String

    init(_ today: RouteToday) {
      comparison = today.comparison.rawValue
      (listener, cluster, why) = (today.route.listener, today.route.cluster, today.route.why)
    }
  }
  /// The decision of the given rules.
  struct Rules: Encodable {
    /// As in the answer of `trace`.
    let verdict: String
    let summary: String
    let decision: PlaceJSON?

    init(_ trace: Trace) {
      (verdict, summary) = (trace.verdict.word, trace.summary)
      decision = trace.decision.map(PlaceJSON.init)
    }
  }
}

/// A response flag of Envoy, by its short name: the reason why a request or connection failed or was cut.
///
/// The corresponding type is `Envoy::StreamInfo::CoreResponseFlag`.
public enum ResponseFlag: String, Hashable, Sendable, CaseIterable {
  case failedLocalHealthCheck = "LH"
  case noHealthyUpstream = "UH"
  case upstreamRequestTimeout = "UT"
  case localReset = "LR"
  case upstreamRemoteReset = "UR"
  case upstreamConnectionFailure = "UF"
  case upstreamConnectionTermination = "UC"
  case upstreamOverflow = "UO"
  case noRouteFound = "NR"
  case delayInjected = "DI"
  case faultInjected = "FI"
  case rateLimited = "RL"
  case unauthorizedExternalService = "UAEX"
  case rateLimitServiceError = "RLSE"
  case downstreamConnectionTermination = "DC"
  case upstreamRetryLimitExceeded = "URX"
  case streamIdleTimeout = "SI"
  case invalidEnvoyRequestHeaders = "IH"
  case downstreamProtocolError = "DPE"
  case upstreamMaxStreamDurationReached = "UMSDR"
  case responseFromCacheFilter = "RFCF"
  case noFilterConfigFound = "NFCF"
  case durationTimeout = "DT"
  case upstreamProtocolError = "UPE"
  case noClusterFound = "NC"
  case overloadManagerTerminated = "OM"
  case dnsResolutionFailed = "DF"
  case dropOverload = "DO"
  case downstreamRemoteReset = "DR"
  case unconditionalDropOverload = "UDO"

  /// Reads a short or long name: `UF`, `UpstreamConnectionFailure`.
  public init?(name: some StringProtocol) {
    guard
      let flag = ResponseFlag(rawValue: String(name)) ?? Self.allCases.first(where: { $0.longName == name })
    else { return nil }
    self = flag
  }

  /// Its long name, which `%RESPONSE_FLAGS_LONG%` writes.
  public var longName: String { description.longName }

  /// Its meaning, in a clause.
  public var meaning: String { description.meaning }

  /// Its usual causes in a mesh, in one or two clauses.
  public var causes: String { description.causes }
}

extension ResponseFlag {
  private typealias Description = (longName: String, meaning: String, causes: String)

  private var description: Description {
    switch self {
    case .failedLocalHealthCheck:
      (
        "FailedLocalHealthCheck", "this proxy fails its own health check",
        "Envoy's health check filter; Istio does not configure it"
      )
    case .noHealthyUpstream:
      (
        "NoHealthyUpstream", "the cluster has no healthy endpoint",
        "no pod is ready; a selector or DestinationRule subset matches no pod; outlier detection has ejected all of them"
      )
    case .upstreamRequestTimeout:
      (
        "UpstreamRequestTimeout", "the response took longer than the route's timeout",
        "a slow app; `timeout` of the VirtualService"
      )
    case .localReset:
      (
        "LocalReset", "the proxy reset the connection to the endpoint",
        "a limit or an error of the proxy; see the details"
      )
    case .upstreamRemoteReset:
      (
        "UpstreamRemoteReset", "the endpoint reset the connection",
        "the app or the other proxy refused or ended the stream"
      )
    case .upstreamConnectionFailure:
      (
        "UpstreamConnectionFailure", "no connection to the endpoint",
        "nothing listens on the port; a NetworkPolicy or firewall; mTLS on one side only; another service's listener took the connection"
      )
    case .upstreamConnectionTermination:
      (
        "UpstreamConnectionTermination", "the endpoint closed the connection before it answered",
        "the app's keep-alive is shorter than the proxy's idle timeout; the app ended or crashed; mTLS on one side only"
      )
    case .upstreamOverflow:
      (
        "UpstreamOverflow", "a circuit breaker is open",
        "`connectionPool` of the DestinationRule; too many pending requests"
      )
    case .noRouteFound:
      (
        "NoRouteFound", "no route or filter chain matches",
        "no VirtualService for the host or path; a Gateway without this host; plain text to a port that requires mTLS"
      )
    case .delayInjected:
      ("DelayInjected", "the request was delayed on purpose", "`fault.delay` of a VirtualService")
    case .faultInjected:
      ("FaultInjected", "the request was aborted on purpose", "`fault.abort` of a VirtualService")
    case .rateLimited:
      (
        "RateLimited", "a rate limit refused the request",
        "a local or global rate limit, set by an EnvoyFilter"
      )
    case .unauthorizedExternalService:
      (
        "UnauthorizedExternalService", "the external authorization service refused the request",
        "an AuthorizationPolicy with action CUSTOM"
      )
    case .rateLimitServiceError:
      (
        "RateLimitServiceError", "the rate limit service did not answer",
        "the rate limit service is down or unreachable"
      )
    case .downstreamConnectionTermination:
      (
        "DownstreamConnectionTermination",
        "the client closed the connection before the response was complete",
        "the client's timeout is shorter than the response takes; the client ended"
      )
    case .upstreamRetryLimitExceeded:
      (
        "UpstreamRetryLimitExceeded", "every attempt failed",
        "see the other flag: retries of the route, or for TCP the greatest number of connection attempts"
      )
    case .streamIdleTimeout:
      (
        "StreamIdleTimeout", "the stream was idle for too long",
        "a long poll or stream without data; `idleTimeout`"
      )
    case .invalidEnvoyRequestHeaders:
      (
        "InvalidEnvoyRequestHeaders", "an x-envoy-* header has an invalid value",
        "a client that sets x-envoy-* headers itself"
      )
    case .downstreamProtocolError:
      (
        "DownstreamProtocolError", "the client's bytes are not valid HTTP",
        "the port is declared HTTP, and the client speaks TLS or another protocol; an invalid request"
      )
    case .upstreamMaxStreamDurationReached:
      (
        "UpstreamMaxStreamDurationReached", "the request reached the longest duration of a stream",
        "`max_stream_duration`; a long-lived stream"
      )
    case .responseFromCacheFilter:
      (
        "ResponseFromCacheFilter", "the response came from the proxy's cache",
        "Envoy's cache filter; Istio does not configure it"
      )
    case .noFilterConfigFound:
      (
        "NoFilterConfigFound", "a filter's configuration has not arrived",
        "a WasmPlugin whose module cannot be fetched; istiod was not reachable at start"
      )
    case .durationTimeout:
      (
        "DurationTimeout", "the connection reached its longest duration",
        "`maxConnectionDuration` of a DestinationRule"
      )
    case .upstreamProtocolError:
      (
        "UpstreamProtocolError", "the endpoint's answer is not valid HTTP",
        "the port is declared HTTP, and the app speaks another protocol or version: check the port's name and appProtocol"
      )
    case .noClusterFound:
      (
        "NoClusterFound", "the route names a cluster that does not exist",
        "a VirtualService whose destination host or subset does not exist, or is not visible to this proxy"
      )
    case .overloadManagerTerminated:
      (
        "OverloadManagerTerminated", "the overload manager ended the request",
        "the proxy is short of memory, or has too many connections"
      )
    case .dnsResolutionFailed:
      (
        "DnsResolutionFailed", "the name of the endpoint did not resolve",
        "a ServiceEntry or ExternalName with a name that DNS does not know; DNS is unreachable from the proxy"
      )
    case .dropOverload:
      (
        "DropOverload", "the control plane has the proxy drop part of the requests",
        "`drop_overloads` in the endpoints; Istio does not set it"
      )
    case .downstreamRemoteReset:
      (
        "DownstreamRemoteReset", "the client reset the HTTP/2 stream",
        "the client cancelled the request, for example at its deadline"
      )
    case .unconditionalDropOverload:
      (
        "UnconditionalDropOverload", "the control plane has the proxy drop every request",
        "`drop_overloads` of 100 % in the endpoints; Istio does not set it"
      )
    }
  }
}

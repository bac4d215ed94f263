/// A value of an access log that explains a connection or request.
public enum AccessLogField: Int, Hashable, Sendable, CaseIterable {
  case startTime, method, path, protocolName, responseCode, responseFlags, responseCodeDetails
  case terminationDetails, transportFailure, bytesReceived, bytesSent, duration, upstreamServiceTime
  case forwardedFor, userAgent, requestID, authority, upstreamHost, upstreamCluster, upstreamLocalAddress
  case downstreamLocalAddress, downstreamRemoteAddress, serverName, routeName, pod

  /// Its key in Istio's JSON format; `pod` has none there.
  public var key: String {
    switch self {
    case .startTime: "start_time"
    case .method: "method"
    case .path: "path"
    case .protocolName: "protocol"
    case .responseCode: "response_code"
    case .responseFlags: "response_flags"
    case .responseCodeDetails: "response_code_details"
    case .terminationDetails: "connection_termination_details"
    case .transportFailure: "upstream_transport_failure_reason"
    case .bytesReceived: "bytes_received"
    case .bytesSent: "bytes_sent"
    case .duration: "duration"
    case .upstreamServiceTime: "upstream_service_time"
    case .forwardedFor: "x_forwarded_for"
    case .userAgent: "user_agent"
    case .requestID: "request_id"
    case .authority: "authority"
    case .upstreamHost: "upstream_host"
    case .upstreamCluster: "upstream_cluster"
    case .upstreamLocalAddress: "upstream_local_address"
    case .downstreamLocalAddress: "downstream_local_address"
    case .downstreamRemoteAddress: "downstream_remote_address"
    case .serverName: "requested_server_name"
    case .routeName: "route_name"
    case .pod: "pod_name"
    }
  }

  /// The field that a command operator writes, such as `RESPONSE_CODE` or `REQ(:METHOD)`; nil for operators that
  /// explain nothing.
  init?(operator name: String, argument: String?) {
    switch name {
    case "START_TIME": self = .startTime
    case "PROTOCOL": self = .protocolName
    case "RESPONSE_CODE": self = .responseCode
    case "RESPONSE_FLAGS", "RESPONSE_FLAGS_LONG": self = .responseFlags
    case "RESPONSE_CODE_DETAILS": self = .responseCodeDetails
    case "CONNECTION_TERMINATION_DETAILS": self = .terminationDetails
    case "UPSTREAM_TRANSPORT_FAILURE_REASON": self = .transportFailure
    case "BYTES_RECEIVED": self = .bytesReceived
    case "BYTES_SENT": self = .bytesSent
    case "DURATION": self = .duration
    case "UPSTREAM_HOST", "UPSTREAM_REMOTE_ADDRESS": self = .upstreamHost
    case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW": self = .upstreamCluster
    case "UPSTREAM_LOCAL_ADDRESS": self = .upstreamLocalAddress
    case "DOWNSTREAM_LOCAL_ADDRESS": self = .downstreamLocalAddress
    case "DOWNSTREAM_REMOTE_ADDRESS", "DOWNSTREAM_DIRECT_REMOTE_ADDRESS": self = .downstreamRemoteAddress
    case "REQUESTED_SERVER_NAME": self = .serverName
    case "ROUTE_NAME": self = .routeName
    case "HOSTNAME": self = .pod
    case "ENVIRONMENT" where argument == "POD_NAME": self = .pod
    case "REQ", "REQ_WITHOUT_QUERY", "RESP":
      guard let field = Self.headers[argument?.lowercased() ?? ""] else { return nil }
      self = field
    default: return nil
    }
  }

  /// The headers of Istio's formats. `A?B` is header A, or else B.
  private static let headers: [String: AccessLogField] = [
    ":method": .method, ":path": .path, "x-envoy-original-path?:path": .path, ":authority": .authority,
    "host": .authority, "x-envoy-original-host?:authority": .authority, "user-agent": .userAgent,
    "x-request-id": .requestID, "x-forwarded-for": .forwardedFor,
    "x-envoy-upstream-service-time": .upstreamServiceTime,
  ]

  /// The field of a key in Istio's JSON format.
  init?(key: Span<UInt8>) {
    for (field, name) in Self.keys where name.count == key.count {
      if key.indices.allSatisfy({ key[$0] == name[$0] }) {
        self = field
        return
      }
    }
    return nil
  }

  private static let keys = allCases.map { ($0, Array($0.key.utf8)) }
}

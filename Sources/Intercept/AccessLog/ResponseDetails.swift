/// Meanings of `%RESPONSE_CODE_DETAILS%`, `%CONNECTION_TERMINATION_DETAILS%` and
/// `%UPSTREAM_TRANSPORT_FAILURE_REASON%`.
///
/// Sources: Envoy's page "Response Code Details" and its RBAC, TCP proxy and TLS code.
enum ResponseDetails {
  /// Meaning of details; nil if they are not known. Braces and brackets at the end hold what varies.
  static func meaning(of details: String) -> String? {
    let name = details.prefix { $0 != "{" && $0 != "[" }
    guard let known = meanings[String(name).replacing(" ", with: "_")] else { return nil }
    let rest = details[name.endIndex...].dropFirst().dropLast().replacing("_", with: " ")
    return rest.isEmpty || rest == "none" ? known : "\(known): \(rest)"
  }

  /// Meaning of the failure of a connection to an endpoint; nil if it is not known.
  static func meaning(ofFailure reason: String) -> String? {
    failures.first { reason.replacing(" ", with: "_").uppercased().contains($0.part) }?.meaning
  }

  private static let meanings: [String: String] = [
    "via_upstream": "the app itself answered with this status",
    "direct_response": "the route answers itself: a redirect or fault of the configuration",
    "route_not_found": "no route matches the host and path",
    "route_configuration_not_found": "the listener has no route configuration yet",
    "cluster_not_found": "the route names a cluster that does not exist",
    "no_healthy_upstream": "the cluster has no healthy endpoint",
    "maintenance_mode": "the cluster is in maintenance mode",
    "filter_chain_not_found":
      "no filter chain of the listener matches: plain text where mTLS is required, or an unknown server name",
    "upstream_reset_before_response_started": "the connection to the endpoint ended before the response",
    "upstream_reset_after_response_started": "the connection to the endpoint ended within the response",
    "upstream_response_timeout": "the response took longer than the route's timeout",
    "response_timeout": "the response took longer than the route's timeout",
    "upstream_per_try_timeout": "the last attempt took longer than the timeout per attempt",
    "request_overall_timeout": "the request took longer than the listener allows",
    "request_header_timeout": "the request's headers took longer than the listener allows",
    "stream_idle_timeout": "the stream was idle for too long",
    "duration_timeout": "the connection reached its longest duration",
    "max_duration_timeout": "the stream reached its longest duration",
    "upstream_max_stream_duration_reached": "the stream reached its longest duration",
    "downstream_remote_disconnect": "the client closed the connection",
    "downstream_local_disconnect": "the proxy closed the client's connection",
    "rbac_access_denied_matched_policy": "an AuthorizationPolicy refused it",
    "ext_authz_denied": "the external authorization service refused it",
    "ext_authz_error": "the external authorization service did not answer",
    "jwt_authn_access_denied": "the token is missing or invalid (RequestAuthentication)",
    "Jwt_authn_fails": "the token is missing or invalid (RequestAuthentication)",
    "fault_filter_abort": "the request was aborted on purpose (fault.abort)",
    "local_rate_limited": "a local rate limit refused it",
    "request_rate_limited": "a rate limit refused it",
    "rate_limiter_error": "the rate limit service did not answer",
    "overload": "the overload manager refused it",
    "missing_host_header": "the request has no host",
    "missing_path_rejected": "the request has no path",
    "absolute_path_rejected": "the route does not support an absolute path",
    "path_normalization_failed": "the path is invalid",
    "low_version": "HTTP/1.0 and older are not accepted",
    "upgrade_failed": "the listener does not support this upgrade",
    "internal_redirect": "an internal redirect replaced the stream",
    "admin_filter_response": "the proxy's admin interface answered",
    "request_headers_failed_strict_check": "an x-envoy-* header has an invalid value",
    "filter_removed_required_headers": "a filter removed a required header",
    "request_payload_too_large": "the request is larger than the proxy buffers",
    "response_payload_too_large": "the response is larger than the proxy buffers",
    "request_payload_exceeded_retry_buffer_limit": "the request is larger than the buffer for retries",
    "http1.codec_error": "the bytes are not valid HTTP/1",
    "http1.headers_too_large": "the request's headers are too large",
    "http1.too_many_headers": "the request has too many headers",
    "http1.invalid_transfer_encoding": "Transfer-Encoding is invalid",
    "http1.invalid_url": "the request's URL is invalid",
    "http2.remote_reset": "the client reset the stream",
    "http2.remote_refuse": "the client refused the stream",
    "http2.too_many_headers": "the request has too many headers",
    "http2.violation.of.messaging.rule": "the stream is not valid HTTP/2",
    "http2.invalid.header.field": "a header is not valid HTTP/2",
    "transport_socket_timeout": "the TLS handshake took too long",
    "tcp_session_idle_timeout": "the connection was idle for too long",
  ]

  private static let failures: [(part: String, meaning: String)] = [
    ("WRONG_VERSION_NUMBER", "the endpoint answered the TLS greeting in plain text: mTLS on this side only"),
    ("CERTIFICATE_VERIFY_FAILED", "the endpoint's certificate is not trusted, or has another name"),
    ("CERTIFICATE_EXPIRED", "a certificate has expired"),
    ("CERTIFICATE_REQUIRED", "the endpoint requires a client certificate: mTLS on the other side only"),
    ("HANDSHAKE_FAILURE", "no common TLS version or cipher"),
    ("TLS_ERROR", "the TLS handshake failed"),
    ("CONNECT_ERROR:_111", "connection refused: nothing listens on the endpoint's port"),
    ("CONNECT_ERROR:_113", "no route to the endpoint"),
    ("CONNECT_ERROR:_110", "the endpoint did not answer in time"),
    ("CONNECT_ERROR:_101", "the endpoint's network is unreachable"),
    ("CONNECTION_TIMEOUT", "the endpoint did not answer in time"),
    ("CONNECTION_REFUSED", "connection refused: nothing listens on the endpoint's port"),
  ]
}

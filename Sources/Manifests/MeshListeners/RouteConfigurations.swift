import Intercept

/// The route configurations of a proxy, by their names.
protocol RouteConfigurations: Sendable {
  /// Returns nil if the proxy has no route configuration of the name.
  func configuration(_ name: String) -> EnvoyRouteConfiguration?
}

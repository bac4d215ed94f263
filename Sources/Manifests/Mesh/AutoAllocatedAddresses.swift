import Intercept

/// Which of the addresses that Istio gives to hosts without one count.
///
/// Only proxies that answer their apps' DNS questions have listeners for them: nobody else goes there.
enum AutoAllocatedAddresses: Int, Comparable, Sendable {
  case none
  /// Those that a ServiceEntry's status shows.
  case shown
  /// One for every host, whether it is shown or not.
  case all

  /// The proxy's variable that asks for `all`.
  static let variable = "ISTIO_META_DNS_AUTO_ALLOCATE"

  /// - Parameters:
  ///   - capturesDNS: whether the app's DNS questions go to the proxy.
  ///   - allocates: what the proxy's variable says; nil where it is not there.
  init(capturesDNS: Bool, allocates: String?) {
    self = !capturesDNS ? .none : allocates.flatMap(Bool.init(goText:)) == true ? .all : .shown
  }

  static func < (left: AutoAllocatedAddresses, right: AutoAllocatedAddresses) -> Bool {
    left.rawValue < right.rawValue
  }
}

import Intercept

/// A host whose facts a test decides.
struct FakeHost: HostFacts {
  var users: [String: UInt32] = [:]
  var groups: [String: UInt32] = [:]
  var servers: [IPAddress] = []
  var hasIPv6 = false

  func user(named name: String) -> UserID? { users[name].flatMap(UserID.init(rawValue:)) }
  func group(named name: String) -> GroupID? { groups[name].flatMap(GroupID.init(rawValue:)) }
  func nameservers() throws -> [IPAddress] { servers }
  func usesIPv6(pastFirst: Bool) throws -> Bool { hasIPv6 }
}

/// Output of `iptables-save -t nat` on a node with kube-proxy's rules: six chains for a service with five endpoints.
struct KubeProxyDump {
  private(set) var ruleCount = 0
  private var names: [String] = ["KUBE-MARK-MASQ", "KUBE-SERVICES"]
  private var services: [String] = []
  private var rules: [(chain: String, text: String)] = []

  /// - Parameter ruleCount: the minimum number of rules.
  init(ruleCount: Int) {
    add("KUBE-MARK-MASQ", "-j MARK --set-xmark 0x4000/0x4000")
    add("PREROUTING", "-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES")
    add("OUTPUT", "-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES")
    var number = 0
    while self.ruleCount < ruleCount {
      addService(number)
      number += 1
    }
  }

  /// The dump, chains and their rules in the order of their names, as iptables prints them.
  var text: String {
    let builtin = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"].map { ":\($0) ACCEPT [0:0]" }
    let heads = builtin + names.sorted().map { ":\($0) - [0:0]" }
    let lines = rules.sorted { $0.chain < $1.chain }.map { "-A \($0.chain) \($0.text)" }
    return (["*nat"] + heads + lines + ["COMMIT", ""]).joined(separator: "\n")
  }

  private mutating func add(_ chain: String, _ text: String) {
    rules.append((chain, text))
    ruleCount += 1
  }

  private mutating func addService(_ number: Int) {
    let chain = "KUBE-SVC-\(Self.hash(number))"
    let address = "10.96.\(number >> 8 & 255).\(number & 255)/32"
    let name = "team-\(number % 40)/service-\(number):http"
    let cluster = "-d \(address) -p tcp -m comment --comment \"\(name) cluster IP\" -m tcp --dport 80"
    names.append(chain)
    add("KUBE-SERVICES", "\(cluster) -j \(chain)")
    add(chain, "! -s 10.244.0.0/16 \(cluster) -j KUBE-MARK-MASQ")
    for endpoint in 0..<5 { addEndpoint(number * 5 + endpoint, ofFive: endpoint, chain, name) }
  }

  private mutating func addEndpoint(_ number: Int, ofFive index: Int, _ service: String, _ name: String) {
    let chain = "KUBE-SEP-\(Self.hash(number))"
    let address = "10.244.\(number >> 8 & 255).\(number & 255)"
    let share = index == 4 ? "" : " -m statistic --mode random --probability 0.\(20_000 + index)000000"
    names.append(chain)
    add(service, "-m comment --comment \"\(name) -> \(address):8080\"\(share) -j \(chain)")
    add(chain, "-s \(address)/32 -m comment --comment \"\(name)\" -j KUBE-MARK-MASQ")
    add(chain, "-p tcp -m comment --comment \"\(name)\" -m tcp -j DNAT --to-destination \(address):8080")
  }

  /// Sixteen pseudo-random letters, like kube-proxy's hashes.
  private static func hash(_ number: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var bits = UInt64(number) &* 0x9e37_79b9_7f4a_7c15
    bits ^= bits >> 29
    let first = String((0..<8).map { letters[Int(bits >> (5 * $0) & 31)] })
    return first + String((0..<8).map { letters[number >> (4 * $0) & 15] })
  }
}

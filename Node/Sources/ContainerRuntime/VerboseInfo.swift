import FoundationEssentials

/// The part of containerd's and CRI-O's verbose sandbox status that the agent reads: the JSON text `info`.
struct SandboxInfo: Decodable {
  let pid: Int32?
  let runtimeSpec: OCISpecification?

  /// The path of the network namespace; nil if the specification has none or lets the runtime make one.
  var networkNamespace: String? {
    runtimeSpec?.linux?.namespaces?.first { $0.type == "network" }?.path.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// The part of the verbose container status that the agent reads: the JSON text `info`.
struct ContainerInfo: Decodable {
  let runtimeSpec: OCISpecification?
}

/// The part of an OCI runtime specification (config.json) that the agent reads.
struct OCISpecification: Decodable {
  let process: Process?
  let linux: Linux?

  struct Process: Decodable {
    let args: [String]?
    /// `NAME=VALUE`.
    let env: [String]?
    let user: User?
  }

  struct User: Decodable {
    let uid: UInt32?
    let gid: UInt32?
  }

  struct Linux: Decodable {
    let namespaces: [Namespace]?
  }

  struct Namespace: Decodable {
    let type: String
    let path: String?
  }

  /// The variables; of a repeated one the last, as in the kernel's list that programs read from the end.
  var environment: [String: String] {
    (process?.env ?? []).reduce(into: [:]) { variables, pair in
      guard let equals = pair.firstIndex(of: "=") else { return }
      variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
  }
}

extension Decodable {
  /// Decodes a JSON text; nil if it has another form.
  init?(json text: String) {
    guard let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
    self = value
  }
}

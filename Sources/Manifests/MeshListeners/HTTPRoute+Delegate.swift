import Intercept
import KubernetesObjects

extension VirtualService.HTTPRoute {
  /// Returns the routes of a delegate with the conditions and settings of this route. A route whose conditions contradict
  /// those of this one is left out.
  ///
  /// The corresponding Istio function is `MergeHTTPRoutes`.
  func merged(with delegates: [VirtualService.HTTPRoute]) -> [VirtualService.HTTPRoute] {
    delegates.compactMap { delegate in
      guard let matches = merged(matches, delegate.matches) else { return nil }
      var route = delegate
      route.matches = matches
      route.name = name.isEmpty || delegate.name.isEmpty ? name + delegate.name : "\(name)-\(delegate.name)"
      route.responseStatus = delegate.responseStatus ?? responseStatus
      route.fault = delegate.fault ?? fault
      return route
    }
  }

  /// Returns nil if a condition of the delegate contradicts all of the root's.
  private func merged(_ roots: [VirtualService.HTTPMatch], _ leaves: [VirtualService.HTTPMatch])
    -> [VirtualService.HTTPMatch]?
  {
    if roots.isEmpty { return leaves }
    if leaves.isEmpty { return roots }
    var found: [VirtualService.HTTPMatch] = []
    for leaf in leaves {
      let fitting = roots.filter { !$0.contradicts(leaf) }
      guard !fitting.isEmpty else { return nil }
      found += fitting.map { $0.merged(with: leaf) }
    }
    return found
  }
}

extension VirtualService.HTTPMatch {
  /// Returns the conditions of both; those of the delegate precede.
  fileprivate func merged(with leaf: Self) -> Self {
    var match = leaf
    match.name = name.isEmpty || leaf.name.isEmpty ? name + leaf.name : "\(name)-\(leaf.name)"
    match.path = leaf.path ?? path
    match.method = leaf.method ?? method
    match.authority = leaf.authority ?? authority
    match.scheme = leaf.scheme ?? scheme
    match.headers = headers.merging(leaf.headers) { $1 }
    match.withoutHeaders = withoutHeaders.merging(leaf.withoutHeaders) { $1 }
    match.queryParameters = queryParameters.merging(leaf.queryParameters) { $1 }
    match.port = leaf.port ?? port
    match.sourceLabels = sourceLabels.merging(leaf.sourceLabels) { $1 }
    if leaf.sourceNamespace.isEmpty { match.sourceNamespace = sourceNamespace }
    if leaf.gateways.isEmpty { match.gateways = gateways }
    return match
  }

  /// Returns true if the delegate's conditions are no subset of these.
  ///
  /// The corresponding Istio function is `hasConflict`.
  fileprivate func contradicts(_ leaf: Self) -> Bool {
    if ignoresPathCase != leaf.ignoresPathCase { return true }
    if let port, let other = leaf.port, port != other { return true }
    if !sourceNamespace.isEmpty, leaf.sourceNamespace != sourceNamespace { return true }
    if leaf.sourceLabels.contains(where: { (sourceLabels[$0.key] ?? $0.value) != $0.value }) { return true }
    if !gateways.isEmpty, !Set(leaf.gateways).isSubset(of: gateways) { return true }
    return pairs(with: leaf).contains { $0.root.contradicts($0.leaf) }
  }

  private typealias TextPair = (root: VirtualService.TextMatch, leaf: VirtualService.TextMatch)

  /// Returns the conditions on texts that both have.
  private func pairs(with leaf: Self) -> [TextPair] {
    let pairs = [
      (path, leaf.path), (scheme, leaf.scheme), (method, leaf.method), (authority, leaf.authority),
    ].compactMap { root, leaf -> TextPair? in
      if let root, let leaf { (root, leaf) } else { nil }
    }
    let maps = [
      (headers, leaf.headers), (withoutHeaders, leaf.withoutHeaders), (queryParameters, leaf.queryParameters),
    ]
    return pairs
      + maps.flatMap { roots, leaves in
        leaves.compactMap { name, leaf -> TextPair? in roots[name].map { ($0, leaf) } }
      }
  }
}

extension VirtualService.TextMatch {
  /// Returns true if not every text of the delegate's condition fulfils this one. Regular expressions are not compared.
  fileprivate func contradicts(_ leaf: Self) -> Bool {
    switch (self, leaf) {
    case (.exact(let text), .exact(let other)): text != other
    case (.prefix(let text), .prefix(let other)), (.prefix(let text), .exact(let other)):
      !other.hasPrefix(text)
    case (.exact, .prefix), (.exact, .regex), (.exact, .present), (.prefix, .regex), (.prefix, .present),
      (.regex, _), (.present, _):
      true
    }
  }
}

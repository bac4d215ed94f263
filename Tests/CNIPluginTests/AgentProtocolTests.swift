import Testing

@testable import CNIPlugin

struct AgentProtocolTests {
  @Test func requestsEscapeNames() throws {
    let pod = try KubernetesArguments("K8S_POD_NAMESPACE=a b;K8S_POD_NAME=web\r\nX")
    let request = AgentProtocol.podRequest(pod, containerID: "c&d")
    #expect(request.hasPrefix("GET /v1/pod?namespace=a%20b&name=web%0D%0AX&id=c%26d HTTP/1.1\r\n"))
    #expect(request.hasSuffix("\r\n\r\n"))
    #expect(AgentProtocol.logRequest("é").contains("Content-Length: 2\r\n"))
  }

  @Test func bodies() {
    func body(_ text: String) -> String? {
      AgentProtocol.body(of: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(body("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") == "{}")
    #expect(
      body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x\r\n}\r\n0\r\n\r\n") == "{}")
    #expect(body("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{}\r\n0\r\n\r\n") == nil)
    #expect(body("HTTP/1.1 404 Not Found\r\n\r\n{}") == nil)
    #expect(body("HTTP/1.1 200 OK\r\n") == nil)
    #expect(body("") == nil)
  }

  @Test(arguments: ["", "[]", #"{"labels":[]}"#, #"{"proxy":{"user":-1}}"#, #"{"containers":[1]}"#])
  func brokenAnswersAddNothing(answer: String) {
    var pod = PluginPod(annotations: ["a": "b"])
    let before = pod
    let isRead = pod.add(answer: Array(answer.utf8))
    #expect(!isRead)
    #expect(pod == before)
  }
}

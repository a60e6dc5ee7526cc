import Foundation

@testable import Scenarios

/// A page in a headless Chromium, spoken to in the DevTools protocol over two pipes.
final class Browser {
    /// What went wrong on the way.
    struct Failure: Error { var reason: String }

    /// The browser of this machine; `nil` if there is none.
    static let executable = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(
        separator: ":"
    )
    .flatMap { folder in ["chromium", "google-chrome"].map { "\(folder)/\($0)" } }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Messages of the console, errors, and what else the page complained about.
    private(set) var complaints: [String] = []
    /// Addresses that the page asked for.
    private(set) var requests: [String] = []

    private let process = Process()
    private let input: Int32
    private let output: Int32
    private var buffer = Data()
    private var lastID = 0
    private var session = ""
    /// Nothing takes as long; a browser that hangs fails the test.
    private let deadline = Date().addingTimeInterval(90)

    /// Starts the browser with an empty page, its profile in `directory`.
    init(in directory: TemporaryDirectory) throws {
        let pipes = ["in", "out"].map { directory.url.appending(path: ".browser-\($0)").path }
        guard let executable = Self.executable, pipes.allSatisfy({ mkfifo($0, 0o600) == 0 }) else {
            throw Failure(reason: "no browser, or no pipes to it")
        }
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$@\" 3<'\(pipes[0])' 4>'\(pipes[1])'", "sh", executable,
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--no-first-run", "--remote-debugging-pipe",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--user-data-dir=\(directory.url.appending(path: ".browser").path)",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        input = open(pipes[0], O_WRONLY)
        output = open(pipes[1], O_RDONLY)
        let page = try send("Target.createTarget", ["url": "about:blank"])
        let target = page["targetId"] ?? .null
        session =
            try send("Target.attachToTarget", ["targetId": target, "flatten": .bool(true)])[
                "sessionId"]?.text ?? ""
        for domain in ["Runtime", "Log", "Network", "Page"] { _ = try send("\(domain).enable") }
    }

    deinit {
        close(input)
        close(output)
        process.terminate()
        process.waitUntilExit()
    }

    /// Opens the file at `url` and waits until it is loaded.
    func visit(_ url: URL) throws {
        _ = try send("Page.navigate", ["url": .string(url.absoluteString)])
        while try receive()["method"]?.text != "Page.loadEventFired" {}
    }

    /// Shows the page `width` CSS pixels wide.
    func resize(width: Int) throws {
        _ = try send(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(width), "height": .integer(800), "deviceScaleFactor": .integer(1),
                "mobile": .bool(width < 600),
            ])
    }

    /// The value of an expression on the page, as text.
    func evaluate(_ expression: String) throws -> String {
        let answer = try send(
            "Runtime.evaluate", ["expression": .string("String(\(expression))")])
        guard let value = answer["result"]?["value"]?.text else {
            throw Failure(reason: "\(expression): \(answer)")
        }
        return value
    }

    /// Presses a key and lets it go.
    func press(_ key: String, code: Int) throws {
        for type in ["keyDown", "keyUp"] {
            _ = try send(
                "Input.dispatchKeyEvent",
                [
                    "type": .string(type), "key": .string(key),
                    "code": .string(key == " " ? "Space" : key),
                    "windowsVirtualKeyCode": .integer(code),
                ])
        }
    }

    /// Clicks on a place of the window.
    func click(x: Double, y: Double) throws {
        for type in ["mousePressed", "mouseReleased"] {
            _ = try send(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(type), "x": .number(x), "y": .number(y),
                    "button": .string("left"), "clickCount": .integer(1),
                    "buttons": .integer(type == "mousePressed" ? 1 : 0),
                ])
        }
    }

    // MARK: Protocol

    /// Sends a command and returns its result.
    private func send(_ method: String, _ parameters: JSONValue = [:]) throws -> JSONValue {
        lastID += 1
        let id = lastID
        var members: [JSONValue.Member] = [
            .init("id", .integer(id)), .init("method", .string(method)),
            .init("params", parameters),
        ]
        if !session.isEmpty { members.append(.init("sessionId", .string(session))) }
        let message = Array(JSONValue.object(members).description.utf8) + [0]
        guard write(input, message, message.count) == message.count else {
            throw Failure(reason: "the browser does not listen")
        }
        while true {
            let answer = try receive()
            guard answer["id"]?.int == id else { continue }
            if let error = answer["error"] { throw Failure(reason: "\(method): \(error)") }
            return answer["result"] ?? .null
        }
    }

    /// The next message; what it says about the page is noted.
    private func receive() throws -> JSONValue {
        while true {
            if let end = buffer.firstIndex(of: 0) {
                let text = String(decoding: buffer[..<end], as: UTF8.self)
                buffer = Data(buffer[(end + 1)...])
                let message = try JSONValue(parsing: text)
                note(message)
                return message
            }
            var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 1000) >= 0, Date() < deadline else {
                throw Failure(reason: "the browser does not answer")
            }
            guard ready.revents != 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(output, &bytes, bytes.count)
            guard count > 0 else { throw Failure(reason: "the browser is gone") }
            buffer.append(contentsOf: bytes[..<count])
        }
    }

    private func note(_ message: JSONValue) {
        guard let parameters = message["params"] else { return }
        switch message["method"]?.text {
        case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
            complaints.append("\(parameters)")
        case "Network.requestWillBeSent":
            requests.append(parameters["request"]?["url"]?.text ?? "?")
        default: break
        }
    }
}

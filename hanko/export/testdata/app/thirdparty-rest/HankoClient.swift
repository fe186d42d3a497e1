// Swift 6 language mode, iOS 16 and newer. The files of this folder belong together; none needs a
// package.
import Foundation

extension HankoClient {
    /// The tenant of this walk.
    static let tenant = "https://tenant.example.com"
}

/// What can go wrong between the app and Hanko. Each case is something else that a screen says or
/// does.
enum HankoError: Error, Equatable {
    /// There was no answer: no network, a time-out, a wrong address. The same can be tried again.
    case unreachable(URLError.Code)
    /// The answer is not one of Hanko's: a proxy's page, or another server.
    case unexpectedAnswer(status: Int)
    /// Too many tries. Wait as long as it says; Hanko does not always say.
    case rateLimited(retryAfter: TimeInterval?)
    /// The session is over: show the sign-in.
    case signedOut
    /// Hanko says no. The code is its own word: an error's code of the Flow API, a message over
    /// REST.
    case refused(status: Int, code: String)
    /// The Keychain says no.
    case keychain(OSStatus)
}

/// Speaks to one Hanko tenant. It is an actor, so that screens and background tasks can share one.
actor HankoClient {
    private let baseURL: String
    private let store: TokenStore
    private let http: URLSession

    init(baseURL: String = HankoClient.tenant, store: TokenStore = TokenStore()) {
        self.baseURL = baseURL
        self.store = store
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false // the session is kept in the Keychain, not in a cookie
        configuration.httpCookieAcceptPolicy = .never
        configuration.timeoutIntervalForRequest = 20
        http = URLSession(configuration: configuration)
    }

    /// Whether there is a session to try. Only the tenant knows whether it is still good.
    var hasSession: Bool {
        get throws { try store.load() != nil }
    }

    /// Sends a request and returns the answer whatever its status is: a 404 may be what is
    /// expected.
    func send(
        _ method: String, _ path: String, body: (any Encodable & Sendable)? = nil, signedIn: Bool = false
    ) async throws -> Answer {
        guard let url = URL(string: baseURL + path) else { throw HankoError.unreachable(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = try JSONEncoder().encode(body)
        }
        if signedIn {
            guard let token = try store.load() else { throw HankoError.signedOut }
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        let answer: Answer
        do {
            let (body, response) = try await http.data(for: request)
            guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
            answer = Answer(body: body, response: response)
        } catch let error as URLError {
            if error.code == .cancelled { throw CancellationError() } // the screen that asked is gone
            throw HankoError.unreachable(error.code)
        }
        if signedIn, answer.status == 401, answer.refusal != nil {
            try forgetSession()
            throw HankoError.signedOut
        }
        return answer
    }

    /// Keeps the session that an answer brought.
    func keepSession(of answer: Answer) throws {
        guard let token = answer.sessionToken else { throw HankoError.unexpectedAnswer(status: answer.status) }
        try store.save(token)
    }

    func forgetSession() throws { try store.delete() }

    /// Where the browser begins: at the tenant, which gives it a cookie and sends it on to the third
    /// party. Before v2.3 the tenant sends errors to its error_redirect_url: let that be the app's
    /// address too, or the person has to close the browser.
    nonisolated func thirdPartyAddress(of provider: String) -> String? {
        var address = URLComponents(string: baseURL + "/thirdparty/auth")
        address?.queryItems = [
            URLQueryItem(name: "provider", value: provider),
            URLQueryItem(name: "redirect_to", value: ThirdParty.callback),
        ]
        return address?.string
    }

    /// Who is signed in; nil when nobody is, or not any more. Ask when the app starts.
    func account() async throws -> Account? {
        guard try hasSession else { return nil }
        do {
            return try await send("GET", "/me", signedIn: true).decoded()
        } catch HankoError.signedOut {
            return nil
        }
    }

    /// Ends the session at the tenant and forgets it here, even when the tenant cannot be reached.
    func signOut() async throws {
        defer { try? store.delete() }
        do {
            _ = try await send("POST", "/logout", signedIn: true)
        } catch HankoError.signedOut {
            // It was over already.
        }
    }
}

/// An answer of the tenant. It prints as its status alone: its body and headers may hold a session.
struct Answer: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    let status: Int
    fileprivate let sessionToken: String?
    private let body: Data
    private let retryAfter: TimeInterval?

    fileprivate init(body: Data, response: HTTPURLResponse) {
        self.body = body
        status = response.statusCode
        retryAfter = response.value(forHTTPHeaderField: "Retry-After").flatMap(TimeInterval.init)
        sessionToken = response.value(forHTTPHeaderField: "X-Auth-Token") ?? Answer.tokenInCookie(of: response)
    }

    var description: String { "Answer(status: \(status))" }
    var debugDescription: String { description }

    /// The body of a success. Anything else becomes an error.
    func decoded<Body: Decodable>(as type: Body.Type = Body.self) throws -> Body {
        guard status < 400 else { throw error }
        return try body(as: type)
    }

    /// The body, whatever the status is.
    func body<Body: Decodable>(as type: Body.Type) throws -> Body {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch is DecodingError {
            throw HankoError.unexpectedAnswer(status: status)
        }
    }

    var error: HankoError {
        if status == 429 { return .rateLimited(retryAfter: retryAfter) }
        guard let refusal else { return .unexpectedAnswer(status: status) }
        return .refused(status: status, code: refusal.message)
    }

    /// What a refusal of the REST API says. A flow's answer is none: it has the next state.
    fileprivate var refusal: Refusal? { try? JSONDecoder().decode(Refusal.self, from: body) }

    /// Tenants without session.enable_auth_token_header send the session as a cookie alone, under a
    /// name of their own.
    private static func tokenInCookie(of response: HTTPURLResponse) -> String? {
        guard let url = response.url, let header = response.allHeaderFields as? [String: String] else { return nil }
        return HTTPCookie.cookies(withResponseHeaderFields: header, for: url)
            .first { $0.value.split(separator: ".").count == 3 }?.value
    }
}

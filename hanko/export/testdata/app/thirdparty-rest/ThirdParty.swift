// The tenant lets a browser come back to an address of this app only when
// third_party.allowed_redirect_urls has it: add ThirdParty.callback there, with a scheme of your
// own. ASWebAuthenticationSession needs no entry of that scheme in Info.plist, and hands the address
// to no other app that claims the scheme.
//
// From iOS 17.4 on the address can be a universal link, https://<domain>/<path>. The app then has
// webcredentials:<domain> in its associated domains, and that domain lists the app. Older releases
// need the scheme.
import AuthenticationServices

/// Why nobody came back from a third party with a token.
enum ThirdPartyError: Error, Equatable {
    /// The person closed the browser: stay where they are, and say nothing.
    case cancelled
    /// The third party or the tenant says no: access_denied when the person did not agree,
    /// user_conflict when the address has an account that is not connected, signup_disabled when the
    /// tenant takes nobody new, invalid_request for most of the rest. The description is for a log.
    case refused(code: String, description: String?)
    /// Anything else; the reason is for a log.
    case failed(reason: String)
}

/// Shows a third party's sign-in in the system's browser, and waits for the way back. One runs at a
/// time: a new one ends the one before.
@MainActor
final class ThirdParty: NSObject {
    /// The app's address, which the browser comes back to.
    nonisolated static let callback = "com.example.app://callback"

    private struct Pending {
        let id: UUID
        let session: ASWebAuthenticationSession
        let continuation: CheckedContinuation<URL, any Error>
    }

    private let window: ASPresentationAnchor
    private var pending: Pending?

    init(window: ASPresentationAnchor) {
        self.window = window
    }

    /// Opens an address, and returns the one-time token of the address that the browser comes back
    /// to. It is good for a minute.
    func token(from address: String?) async throws -> String {
        guard let url = address.flatMap({ URL(string: $0) }) else {
            throw ThirdPartyError.failed(reason: "There is no address to open.")
        }
        var back = URLComponents(url: try await visit(url), resolvingAgainstBaseURL: false)
        back?.percentEncodedQuery = back?.percentEncodedQuery?.replacingOccurrences(of: "+", with: "%20")
        let items = back?.queryItems ?? [] // decoded: the token's = was sent as %3D
        func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
        if let token = value("hanko_token"), !token.isEmpty { return token }
        throw ThirdPartyError.refused(code: value("error") ?? "", description: value("error_description"))
    }

    private func visit(_ url: URL) async throws -> URL {
        if let pending { finish(pending.id, with: .failure(.cancelled)) }
        try Task.checkCancellation()
        let id = UUID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // iOS need not call back on the main thread.
                let session = Self.session(for: url) { @Sendable back, error in
                    let result: Result<URL, ThirdPartyError> =
                        if let back { .success(back) } else { .failure(ThirdPartyError(error)) }
                    Task { @MainActor in self.finish(id, with: result) }
                }
                session.presentationContextProvider = self
                pending = Pending(id: id, session: session, continuation: continuation)
                if !session.start() {
                    finish(id, with: .failure(.failed(reason: "iOS cannot show the browser now.")))
                }
            }
        } onCancel: { // the screen is gone
            Task { @MainActor in self.finish(id, with: .failure(.cancelled)) }
        }
    }

    private static func session(
        for url: URL, completion: @escaping @Sendable (URL?, (any Error)?) -> Void
    ) -> ASWebAuthenticationSession {
        let address = URLComponents(string: callback)
        if #available(iOS 17.4, *), let address, address.scheme == "https", let host = address.host {
            return ASWebAuthenticationSession(
                url: url, callback: .https(host: host, path: address.path), completionHandler: completion)
        }
        return ASWebAuthenticationSession(
            url: url, callbackURLScheme: address?.scheme, completionHandler: completion)
    }

    private func finish(_ id: UUID, with result: Result<URL, ThirdPartyError>) {
        guard let pending, pending.id == id else { return } // it has ended before
        self.pending = nil
        pending.session.cancel()
        pending.continuation.resume(with: result.mapError { $0 as any Error })
    }
}

extension ThirdParty: ASWebAuthenticationPresentationContextProviding {
    func presentationAnchor(for session: ASWebAuthenticationSession) -> ASPresentationAnchor { window }
}

extension ThirdPartyError {
    fileprivate init(_ error: (any Error)?) {
        if let error = error as? ASWebAuthenticationSessionError, error.code == .canceledLogin {
            self = .cancelled
        } else {
            self = .failed(reason: error?.localizedDescription ?? "The browser brought nothing.")
        }
    }
}

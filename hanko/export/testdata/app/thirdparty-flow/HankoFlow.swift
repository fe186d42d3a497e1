import Foundation

/// A way through the Flow API. The tenant says which state comes next, and the app shows a screen
/// for it: after each call look at `screen`. A call that throws leaves the flow where the tenant
/// has it, so the person can try again.
@MainActor
final class HankoFlow {
    enum Name: String, Sendable {
        case login, registration, profile
    }

    /// The states that this app has screens for, by their names in the API.
    enum Screen: String, Sendable {
        case email = "login_init"
        case newAccount = "registration_init"
        case passcode = "passcode_confirmation"
        case loginMethod = "login_method_chooser"
        case profile = "profile_init"
        case signedIn = "success"
        case accountDeleted = "account_deleted"
    }

    /// What can be chosen without typing anything. `offers` says which of them the state has.
    enum Choice: String, Sendable {
        case skip, back
        case passcode = "continue_to_passcode_confirmation"
        case anotherPasscode = "resend_passcode"
    }

    private let client: HankoClient
    private var name = Name.login
    private(set) var state: FlowState?

    init(client: HankoClient) {
        self.client = client
    }

    /// The screen to show; nil for a state that this app does not know: offer to skip it, or to
    /// update the app.
    var screen: Screen? { state.flatMap { Screen(rawValue: $0.name) } }

    func offers(_ choice: Choice) -> Bool { state?.actions?[choice.rawValue] != nil }

    /// Opens a flow. A flow is good for a day; start again after .refused with flow_expired_error.
    func start(_ name: Name) async throws {
        self.name = name
        state = nil
        try await take(client.send(
            "POST", "/\(name.rawValue)", body: [String: String](), signedIn: name == .profile))
        if state?.name == "preflight" {
            try await act("register_client_capabilities", [
                "webauthn_available": false,
                "webauthn_conditional_mediation_available": false,
                "webauthn_platform_authenticator_available": false,
            ])
        }
    }

    /// The email screen. A tenant that tells so has no account for an unknown address, and creates
    /// one; one that does not tell mails a code that signs nobody in: have "Create an account" on
    /// the passcode screen, for `createAccount`.
    func submit(email: String) async throws {
        if screen != .email { try await start(.login) }
        let inputs = state?.actions?["continue_with_login_identifier"]?.inputs ?? [:]
        do {
            let field = inputs["identifier"] == nil ? "email" : "identifier"
            try await act("continue_with_login_identifier", [field: email])
        } catch HankoError.refused(_, code: "unknown_email_error") {
            try await createAccount(email: email)
        }
    }

    /// Creates an account. Where the address has one and the tenant says so, this is a login after
    /// all.
    func createAccount(email: String) async throws {
        try await start(.registration)
        do {
            try await act("register_login_identifier", ["email": email])
        } catch HankoError.refused(_, code: "email_already_exists") {
            try await start(.login)
            try await submit(email: email)
        }
    }

    /// The passcode screen. .refused has passcode_invalid for a wrong or old code, and
    /// passcode_max_attempts_reached after the third: then choose .anotherPasscode.
    func submit(passcode: String) async throws {
        try await act("verify_passcode", ["code": passcode])
    }

    func choose(_ choice: Choice) async throws {
        try await act(choice.rawValue, [String: String]())
    }

    /// The button "Sign in with …", and in a flow that was started as .profile "Connect …". The
    /// action's input provider lists the providers: google, apple, custom_… Afterwards there may be
    /// more to do, a passcode for an address that the third party has not verified: look at `screen`.
    /// When nobody comes back with a token, the flow goes back to where it was.
    func withThirdParty(_ provider: String, in browser: ThirdParty) async throws {
        if name != .profile, screen != .email { try await start(.login) }
        let action = name == .profile ? "connect_thirdparty_oauth_provider" : "thirdparty_oauth"
        let verifier = ThirdParty.newVerifier()
        try await act(
            action, ["provider": provider, "redirect_to": ThirdParty.callback, "code_verifier": verifier])
        do {
            let token = try await browser.token(from: state?.payload?.redirectURL)
            try await act("exchange_token", ["token": token, "code_verifier": verifier])
        } catch {
            if offers(.back) { try? await choose(.back) }
            throw error
        }
    }

    /// The account page, too: takes one of state.payload.user.identities away. After the last one is
    /// gone, the person needs another way in. (The action does not list its input.)
    func disconnectThirdParty(identityID: String) async throws {
        try await act("disconnect_thirdparty_oauth_provider", ["identity_id": identityID])
    }

    /// The account page, in a flow that was started as .profile. What it lists is in
    /// state.payload.user.
    func change(_ change: AccountChange) async throws {
        switch change {
        case .addEmail(let address): try await act("email_create", ["email": address])
        case .deleteEmail(let id): try await act("email_delete", ["email_id": id])
        case .setPrimaryEmail(let id): try await act("email_set_primary", ["email_id": id])
        case .renamePasskey(let id, let name):
            try await act("webauthn_credential_rename", ["passkey_id": id, "passkey_name": name])
        case .deletePasskey(let id): try await act("webauthn_credential_delete", ["passkey_id": id])
        case .deleteAccount: try await act("account_delete", [String: String]())
        }
    }

    /// Takes an action of the state: the state says where it goes.
    private func act<Inputs: Encodable & Sendable>(_ action: String, _ inputs: Inputs) async throws {
        guard let state, let href = state.actions?[action]?.href, href.hasPrefix("/") else {
            throw FlowError.notOffered(action: action)
        }
        let request = ActionRequest(inputs: inputs, csrfToken: state.csrfToken)
        try await take(client.send("POST", href, body: request, signedIn: name == .profile))
    }

    /// Goes on to the answer's state. A refusal has one, too, with a new csrf_token; only the state
    /// error leads nowhere.
    private func take(_ answer: Answer) async throws {
        guard let next = try? answer.body(as: FlowState.self) else { throw answer.error }
        if next.name != "error" { state = next }
        if screen == .signedIn, name != .profile { try await client.keepSession(of: answer) }
        guard let failure = next.failure else { return }
        switch failure.code {
        case "unauthorized":
            try await client.forgetSession()
            throw HankoError.signedOut
        case "rate_limit_exceeded":
            let seconds = next.payload?.retryAfter ?? next.payload?.resendAfter
            throw HankoError.rateLimited(retryAfter: seconds.map(TimeInterval.init))
        default:
            throw HankoError.refused(status: answer.status, code: failure.code)
        }
    }
}

/// What the app asked of a flow that is elsewhere.
enum FlowError: Error, Equatable {
    case notOffered(action: String)
    case noOptions
}

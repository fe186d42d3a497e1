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
        case passkeyOffer = "onboarding_create_passkey"
        case credentialOffer = "credential_onboarding_chooser"
        case profile = "profile_init"
        case signedIn = "success"
        case accountDeleted = "account_deleted"
    }

    /// What can be chosen without typing anything. `offers` says which of them the state has.
    enum Choice: String, Sendable {
        case skip, back
        case passcode = "continue_to_passcode_confirmation"
        case anotherPasscode = "resend_passcode"
        case newPasskey = "continue_to_passkey_registration"
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
                "webauthn_available": true,
                "webauthn_conditional_mediation_available": true,
                "webauthn_platform_authenticator_available": true,
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

    /// The button "Sign in with a passkey". When there is none, or the sheet is closed, the flow
    /// goes back to the email.
    func withPasskey(_ passkeys: Passkeys, as presentation: Passkeys.Presentation = .sheet) async throws {
        if screen != .email { try await start(.login) }
        try await act("webauthn_generate_request_options", [String: String]())
        try await sign(with: passkeys, as: presentation)
    }

    /// AutoFill: call it from the email screen's task. It waits until the person chooses a passkey
    /// above the keyboard, and ends with the screen. The tenant sent the options along with that
    /// screen.
    func autoFill(_ passkeys: Passkeys) async throws {
        guard screen == .email, state?.payload?.requestOptions != nil else { return }
        try await sign(with: passkeys, as: .autoFill)
    }

    private func sign(with passkeys: Passkeys, as presentation: Passkeys.Presentation) async throws {
        guard let options = state?.payload?.requestOptions else { throw FlowError.noOptions }
        let proof: AssertionResponse
        do {
            proof = try await passkeys.get(options.publicKey, as: presentation)
        } catch {
            if offers(.back) { try await choose(.back) }
            throw error
        }
        try await act("webauthn_verify_assertion_response", ["assertion_response": proof])
    }

    /// Makes a passkey: where the tenant offers one while signing in, and else for the person who
    /// is signed in. A tenant that refuses the passkey after a registration signs the person in all
    /// the same: look at `screen` after the error.
    func registerPasskey(_ passkeys: Passkeys) async throws {
        if state?.actions?["webauthn_generate_creation_options"] != nil {
            try await act("webauthn_generate_creation_options", [String: String]())
        } else {
            try await start(.profile)
            try await act("webauthn_credential_create", [String: String]())
        }
        guard let options = state?.payload?.creationOptions else { throw FlowError.noOptions }
        let passkey: RegistrationResponse
        do {
            passkey = try await passkeys.create(options.publicKey)
        } catch {
            if offers(.back) { try await choose(.back) }
            throw error
        }
        try await act("webauthn_verify_attestation_response", ["public_key": passkey])
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

import Foundation

/// Why a passcode was not accepted.
enum PasscodeError: Error, Equatable {
    /// It can be entered again.
    case wrong
    /// It is too old, was used, or was entered wrong three times: mail another one.
    case gone
}

/// The mobile guide's way through the login, over the REST API: a function for each thing that a
/// screen does.
///
/// A tenant of v3 or newer has no REST API and answers 404 to all of this: it needs the Flow API.
struct SignIn: Sendable {
    let client: HankoClient

    /// Step 1 of the guide, the email screen: the address's user, or nil if it has none. Then offer
    /// to create an account.
    func findUser(email: String) async throws -> User? {
        let answer = try await client.send("POST", "/user", body: ["email": email])
        if answer.status == 404 { return nil }
        return try answer.decoded()
    }

    /// Step 2: creates the user. Where somebody was faster, it is the user who is there now.
    func createUser(email: String) async throws -> User {
        let answer = try await client.send("POST", "/users", body: ["email": email])
        if answer.status == 409, let user = try await findUser(email: email) { return user }
        return try answer.decoded()
    }

    /// Step 3, first half: mails a passcode. Call it again for another one; HankoError.rateLimited
    /// says when.
    func mailPasscode(to user: User) async throws -> Passcode {
        let request = PasscodeRequest(userID: user.id, emailID: user.emailID)
        return try await client.send("POST", "/passcode/login/initialize", body: request).decoded()
    }

    /// Step 3, second half: hands in the code. After it the person is signed in.
    func finish(_ passcode: Passcode, code: String) async throws {
        let answer = try await client.send(
            "POST", "/passcode/login/finalize", body: ["id": passcode.id, "code": code])
        switch answer.status {
        case 200: try await client.keepSession(of: answer)
        case 401 where answer.error != .refused(status: 401, code: "passcode not found"): throw PasscodeError.wrong
        case 401, 408, 410: throw PasscodeError.gone
        default: throw answer.error
        }
    }

    /// Step 4: makes a passkey for the person who is signed in.
    func registerPasskey(_ passkeys: Passkeys) async throws {
        let options: PublicKey<CreationOptions> = try await client
            .send("POST", "/webauthn/registration/initialize", signedIn: true).decoded()
        let passkey = try await passkeys.create(options.publicKey)
        let answer = try await client.send(
            "POST", "/webauthn/registration/finalize", body: passkey, signedIn: true)
        guard answer.status == 200 else { throw answer.error }
    }

    /// Step 5: signs in with a passkey. For AutoFill, call it from the email screen's task with
    /// .autoFill: it waits until the person chooses a passkey, and ends with the screen.
    func withPasskey(_ passkeys: Passkeys, as presentation: Passkeys.Presentation = .sheet) async throws {
        let options: PublicKey<RequestOptions> = try await client.send("POST", "/webauthn/login/initialize").decoded()
        let proof = try await passkeys.get(options.publicKey, as: presentation)
        let answer = try await client.send("POST", "/webauthn/login/finalize", body: proof)
        guard answer.status == 200 else { throw answer.error }
        try await client.keepSession(of: answer)
    }
}

/// What the account page does. The ids are those of Account and StoredPasskey.
extension SignIn {
    func passkeys() async throws -> [StoredPasskey] {
        try await client.send("GET", "/webauthn/credentials", signedIn: true).decoded()
    }

    func change(_ change: AccountChange) async throws {
        let answer = switch change {
        case .addEmail(let address):
            try await client.send("POST", "/emails", body: ["address": address], signedIn: true)
        case .deleteEmail(let id):
            try await client.send("DELETE", "/emails/\(id)", signedIn: true)
        case .setPrimaryEmail(let id):
            try await client.send("POST", "/emails/\(id)/set_primary", signedIn: true)
        case .renamePasskey(let id, let name):
            try await client.send("PATCH", "/webauthn/credentials/\(id)", body: ["name": name], signedIn: true)
        case .deletePasskey(let id):
            try await client.send("DELETE", "/webauthn/credentials/\(id)", signedIn: true)
        case .deleteAccount:
            try await client.send("DELETE", "/user", signedIn: true)
        }
        guard answer.status < 400 else { throw answer.error }
    }
}

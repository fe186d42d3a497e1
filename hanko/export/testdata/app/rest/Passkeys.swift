// The app needs the entitlement com.apple.developer.associated-domains with webcredentials:<RP ID>,
// and https://<RP ID>/.well-known/apple-app-site-association lists the app as <Team ID>.<bundle ID>
// in webcredentials.apps. Apple's servers fetch that file, so an RP ID such as localhost has no
// passkeys on an iPhone.
import AuthenticationServices

/// Why there is no passkey.
enum PasskeyError: Error, Equatable {
    /// The person closed the sheet: stay where they are, and say nothing.
    case cancelled
    /// Nothing to sign in with on this iPhone: offer the email. iOS says so only to a request that
    /// prefers what is on the device, and says the same when the person closes that sheet.
    case noCredential
    /// This iPhone has a passkey for the account already: there is nothing to do.
    case alreadyRegistered
    /// Anything else; the reason is for a log. "… not associated with domain …" is about the file
    /// and the entitlement above.
    case failed(reason: String)
}

/// Shows the system's passkey sheet. One request runs at a time: a new one ends the one before.
@MainActor
final class Passkeys: NSObject {
    enum Presentation {
        /// A sheet, with the way to use a passkey of another device.
        case sheet
        /// A sheet if a passkey is on this device, else PasskeyError.noCredential and no sheet: for
        /// when the app starts.
        case sheetIfAvailable
        /// Above the keyboard of a text field whose textContentType is .username, for as long as
        /// the screen is shown.
        case autoFill
    }

    private enum Outcome: Sendable {
        case registration(RegistrationResponse)
        case assertion(AssertionResponse)
    }

    private struct Pending {
        let controller: ASAuthorizationController
        let presentation: Presentation
        let continuation: CheckedContinuation<Outcome, any Error>
    }

    private let window: ASPresentationAnchor
    private var pending: Pending?

    init(window: ASPresentationAnchor) {
        self.window = window
    }

    func create(_ options: CreationOptions) async throws -> RegistrationResponse {
        let provider = ASAuthorizationPlatformPublicKeyCredentialProvider(relyingPartyIdentifier: options.rp.id)
        let request = provider.createCredentialRegistrationRequest(
            challenge: options.challenge.data, name: options.user.name, userID: options.user.id.data)
        request.displayName = options.user.displayName
        if let preference = options.authenticatorSelection?.userVerification {
            request.userVerificationPreference = .init(preference)
        }
        if #available(iOS 17.4, *) { // before, iOS replaces the account's passkey on this device
            request.excludedCredentials = options.excludeCredentials?.map(\.platformDescriptor)
        }
        guard case .registration(let made) = try await perform(request, as: .sheet) else {
            throw PasskeyError.failed(reason: "The answer is not a new passkey.")
        }
        return made
    }

    func get(_ options: RequestOptions, as presentation: Presentation = .sheet) async throws -> AssertionResponse {
        let provider = ASAuthorizationPlatformPublicKeyCredentialProvider(relyingPartyIdentifier: options.rpId)
        let request = provider.createCredentialAssertionRequest(challenge: options.challenge.data)
        request.allowedCredentials = (options.allowCredentials ?? []).map(\.platformDescriptor)
        if let preference = options.userVerification {
            request.userVerificationPreference = .init(preference)
        }
        guard case .assertion(let proof) = try await perform(request, as: presentation) else {
            throw PasskeyError.failed(reason: "The answer is not a passkey's signature.")
        }
        return proof
    }

    private func perform(_ request: ASAuthorizationRequest, as presentation: Presentation) async throws -> Outcome {
        finish(throwing: .cancelled)
        try Task.checkCancellation()
        let controller = ASAuthorizationController(authorizationRequests: [request])
        let id = ObjectIdentifier(controller)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                pending = Pending(controller: controller, presentation: presentation, continuation: continuation)
                controller.delegate = self
                controller.presentationContextProvider = self
                switch presentation {
                case .sheet: controller.performRequests()
                case .sheetIfAvailable: controller.performRequests(options: .preferImmediatelyAvailableCredentials)
                case .autoFill: controller.performAutoFillAssistedRequests()
                }
            }
        } onCancel: { // the screen is gone
            Task { @MainActor in
                guard let pending = self.pending, ObjectIdentifier(pending.controller) == id else { return }
                self.finish(throwing: .cancelled)
            }
        }
    }

    private func finish(throwing error: PasskeyError) {
        guard let pending else { return }
        self.pending = nil
        pending.controller.cancel()
        pending.continuation.resume(throwing: error)
    }
}

extension Passkeys: ASAuthorizationControllerDelegate, ASAuthorizationControllerPresentationContextProviding {
    func presentationAnchor(for controller: ASAuthorizationController) -> ASPresentationAnchor { window }

    func authorizationController(
        controller: ASAuthorizationController, didCompleteWithAuthorization authorization: ASAuthorization
    ) {
        guard let pending, pending.controller === controller else { return } // ended before
        self.pending = nil
        switch authorization.credential {
        case let made as ASAuthorizationPlatformPublicKeyCredentialRegistration:
            guard let attestation = made.rawAttestationObject else {
                pending.continuation.resume(throwing: PasskeyError.failed(reason: "The passkey has no attestation."))
                return
            }
            let id = Base64URL(made.credentialID)
            pending.continuation.resume(returning: .registration(RegistrationResponse(
                id: id, rawId: id,
                response: .init(
                    clientDataJSON: Base64URL(made.rawClientDataJSON), attestationObject: Base64URL(attestation)))))
        case let proof as ASAuthorizationPlatformPublicKeyCredentialAssertion:
            let id = Base64URL(proof.credentialID)
            pending.continuation.resume(returning: .assertion(AssertionResponse(
                id: id, rawId: id,
                response: .init(
                    clientDataJSON: Base64URL(proof.rawClientDataJSON),
                    authenticatorData: Base64URL(proof.rawAuthenticatorData),
                    signature: Base64URL(proof.signature), userHandle: Base64URL(proof.userID)))))
        default:
            pending.continuation.resume(throwing: PasskeyError.failed(reason: "iOS answered with something else."))
        }
    }

    func authorizationController(controller: ASAuthorizationController, didCompleteWithError error: any Error) {
        guard let pending, pending.controller === controller else { return }
        self.pending = nil
        pending.continuation.resume(throwing: PasskeyError(error, silent: pending.presentation == .sheetIfAvailable))
    }
}

extension PasskeyError {
    /// Older releases of iOS 18 report an excluded credential as code 8 of WebKit's domain.
    fileprivate init(_ error: any Error, silent: Bool) {
        let code = (error as? ASAuthorizationError)?.code
        if #available(iOS 18.0, *), code == .matchedExcludedCredential {
            self = .alreadyRegistered
            return
        }
        let plain = error as NSError
        switch code {
        case .canceled: self = silent ? .noCredential : .cancelled
        case nil where plain.domain == "WKErrorDomain" && plain.code == 8: self = .alreadyRegistered
        default:
            let reason = plain.userInfo[NSLocalizedFailureReasonErrorKey] as? String
            self = .failed(reason: reason ?? plain.localizedDescription)
        }
    }
}

extension Descriptor {
    fileprivate var platformDescriptor: ASAuthorizationPlatformPublicKeyCredentialDescriptor {
        ASAuthorizationPlatformPublicKeyCredentialDescriptor(credentialID: id.data)
    }
}

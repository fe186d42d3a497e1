// https://<RP ID>/.well-known/assetlinks.json lists the app's package and the SHA-256 of its
// signing certificate, with the relation delegate_permission/common.get_login_creds; and the tenant
// has android:apk-key-hash:<base64url of that SHA-256> among webauthn.relying_party.origins. The
// debug build has a certificate of its own. Android reads that file from the internet, so an RP ID
// such as localhost has no passkeys.
package com.example.app.hanko

import android.app.Activity
import android.content.Context
import androidx.credentials.CreatePublicKeyCredentialRequest
import androidx.credentials.CreatePublicKeyCredentialResponse
import androidx.credentials.CredentialManager
import androidx.credentials.GetCredentialRequest
import androidx.credentials.GetPublicKeyCredentialOption
import androidx.credentials.PublicKeyCredential
import androidx.credentials.exceptions.CreateCredentialCancellationException
import androidx.credentials.exceptions.CreateCredentialException
import androidx.credentials.exceptions.CreateCredentialInterruptedException
import androidx.credentials.exceptions.CreateCredentialNoCreateOptionException
import androidx.credentials.exceptions.GetCredentialCancellationException
import androidx.credentials.exceptions.GetCredentialException
import androidx.credentials.exceptions.GetCredentialInterruptedException
import androidx.credentials.exceptions.NoCredentialException
import androidx.credentials.exceptions.domerrors.InvalidStateError
import androidx.credentials.exceptions.publickeycredential.CreatePublicKeyCredentialDomException
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject

/** Why there is no passkey. */
sealed class PasskeyException(message: String, cause: Throwable) : Exception(message, cause) {
    /** The person closed the sheet: stay where they are, and say nothing. */
    class Cancelled(cause: Throwable) : PasskeyException("The sheet was closed.", cause)

    /** Nothing to sign in with on this phone: offer the email. */
    class NoCredential(cause: Throwable) : PasskeyException("There is no passkey for this app.", cause)

    /** This phone has a passkey for the account already: there is nothing to do. */
    class AlreadyRegistered(cause: Throwable) : PasskeyException("The account has a passkey on this phone.", cause)

    /**
     * Nowhere to keep a passkey: no screen lock, no Google account, or no password manager that is
     * switched on.
     */
    class NoProvider(cause: Throwable) : PasskeyException("This phone cannot keep passkeys as it is set up.", cause)

    /**
     * Something came between, another call of Credential Manager say: the same can be tried again.
     */
    class Interrupted(cause: Throwable) : PasskeyException("The request was interrupted.", cause)

    /**
     * Anything else; the cause is for a log. "RP ID cannot be validated" is about assetlinks.json.
     */
    class Failed(cause: Throwable) : PasskeyException("The passkey request failed.", cause)
}

/** Shows Credential Manager's sheets. They go on top of an activity, which is not kept. */
class Passkeys(context: Context) {
    private val manager = CredentialManager.create(context.applicationContext)

    /**
     * The options say whom to exclude and whether to verify the user: Credential Manager reads them
     * itself.
     */
    suspend fun create(activity: Activity, options: JsonObject): JsonObject {
        val made = try {
            manager.createCredential(activity, CreatePublicKeyCredentialRequest(options.toString()))
        } catch (e: CreateCredentialException) {
            throw when {
                e is CreatePublicKeyCredentialDomException && e.domError is InvalidStateError ->
                    PasskeyException.AlreadyRegistered(e)
                e is CreateCredentialCancellationException -> PasskeyException.Cancelled(e)
                e is CreateCredentialNoCreateOptionException -> PasskeyException.NoProvider(e)
                e is CreateCredentialInterruptedException -> PasskeyException.Interrupted(e)
                else -> PasskeyException.Failed(e)
            }
        }
        check(made is CreatePublicKeyCredentialResponse) { "Credential Manager made a ${made.type}." }
        return json.parseToJsonElement(made.registrationResponseJson).jsonObject
    }

    /**
     * With `onlyIfAvailable` there is no sheet when there is no passkey on this phone: for when the
     * app starts.
     */
    suspend fun get(activity: Activity, options: JsonObject, onlyIfAvailable: Boolean = false): JsonObject {
        val request = GetCredentialRequest(
            listOf(GetPublicKeyCredentialOption(options.toString())),
            preferImmediatelyAvailableCredentials = onlyIfAvailable,
        )
        val proof = try {
            manager.getCredential(activity, request).credential
        } catch (e: GetCredentialException) {
            throw when (e) {
                is NoCredentialException -> PasskeyException.NoCredential(e)
                is GetCredentialCancellationException -> PasskeyException.Cancelled(e)
                is GetCredentialInterruptedException -> PasskeyException.Interrupted(e)
                else -> PasskeyException.Failed(e)
            }
        }
        check(proof is PublicKeyCredential) { "Credential Manager got a ${proof.type}." }
        return json.parseToJsonElement(proof.authenticationResponseJson).jsonObject
    }
}

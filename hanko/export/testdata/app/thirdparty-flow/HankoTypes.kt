package com.example.app.hanko

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** The answer to GET /me. */
@Serializable
data class Account(val emails: List<Email> = emptyList()) {
    @Serializable
    data class Email(
        val id: String,
        val address: String,
        @SerialName("is_primary") val isPrimary: Boolean = false,
        @SerialName("is_verified") val isVerified: Boolean = false,
    )
}

/** What an error of the REST API says. */
@Serializable
internal class Refusal(val message: String)

/** What can be changed on the account page. */
sealed interface AccountChange {
    data class AddEmail(val address: String) : AccountChange
    data class DeleteEmail(val id: String) : AccountChange
    data class SetPrimaryEmail(val id: String) : AccountChange
    data class RenamePasskey(val id: String, val name: String) : AccountChange
    data class DeletePasskey(val id: String) : AccountChange
    data object DeleteAccount : AccountChange
}

/** A passkey as the tenant lists it. */
@Serializable
data class StoredPasskey(val id: String, val name: String? = null)

/** A state of the Flow API: what the tenant wants next, and what can be done about it. */
@Serializable
data class FlowState(
    val name: String,
    @SerialName("csrf_token") val csrfToken: String = "",
    val actions: Map<String, Action> = emptyMap(),
    val payload: Payload = Payload(),
    val error: Failure? = null,
) {
    @Serializable
    data class Action(val href: String, val inputs: Map<String, Input> = emptyMap())

    @Serializable
    data class Input(val error: Failure? = null)

    @Serializable
    data class Failure(val code: String)

    @Serializable
    class Payload(
        /** In the profile flow: what the tenant keeps of the person. */
        val user: Profile? = null,
        /** Where the browser begins on its way to a third party. */
        @SerialName("redirect_url") val redirectUrl: String? = null,
        /** Seconds until another passcode can be mailed. */
        @SerialName("resend_after") val resendAfter: Long? = null,
        @SerialName("retry_after") val retryAfter: Long? = null,
    )

    @Serializable
    data class Profile(
        val emails: List<Account.Email> = emptyList(),
        val passkeys: List<StoredPasskey> = emptyList(),
        val identities: List<Identity> = emptyList(),
    )

    /** An account at a third party that the person is connected with. */
    @Serializable
    data class Identity(@SerialName("identity_id") val identityId: String, val provider: String = "")

    /**
     * What the tenant says is wrong: a field's error if there is one, as it says more than the
     * state's.
     */
    internal val failure: Failure?
        get() = error?.let { whole ->
            actions.values.flatMap { it.inputs.values }.firstNotNullOfOrNull { it.error } ?: whole
        }
}

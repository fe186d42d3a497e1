package com.example.app.hanko

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonObject

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
        @SerialName("creation_options") val creationOptions: PublicKey? = null,
        @SerialName("request_options") val requestOptions: PublicKey? = null,
        /** Seconds until another passcode can be mailed. */
        @SerialName("resend_after") val resendAfter: Long? = null,
        @SerialName("retry_after") val retryAfter: Long? = null,
    )

    /** WebAuthn's options. Credential Manager takes them as the tenant sends them. */
    @Serializable
    class PublicKey(val publicKey: JsonObject)

    /**
     * What the tenant says is wrong: a field's error if there is one, as it says more than the
     * state's.
     */
    internal val failure: Failure?
        get() = error?.let { whole ->
            actions.values.flatMap { it.inputs.values }.firstNotNullOfOrNull { it.error } ?: whole
        }
}

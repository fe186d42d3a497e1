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

/** A user of the REST API: the answers to POST /user and POST /users. */
@Serializable
data class User(
    val id: String,
    /** Needed to mail a passcode: a new user owns no verified address yet. */
    @SerialName("email_id") val emailId: String? = null,
)

/** A passcode that was mailed, and for how many seconds its code is good. */
@Serializable
data class Passcode(val id: String, val ttl: Int)

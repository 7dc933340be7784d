package dev.alcada.pluggy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** What a client was built with. */
record Settings(
    HttpUrl base,
    Supplier<PluggyCredentials> credentials,
    Duration deadline,
    int retries,
    boolean retryUnknownOutcome,
    String userAgent,
    InstantSource clock,
    @Nullable AttemptListener listener,
    Pauses pauses) {}

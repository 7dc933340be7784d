package dev.alcada.pluggy;

import java.time.Duration;

/**
 * One request to Pluggy as seen from outside. Carries no value of the request or the answer.
 *
 * @param path {@code /auth} or {@code /connect_token}
 * @param number which request it was for the call, from 1
 * @param status the HTTP status of the answer; 0 if no complete answer came
 * @param duration how long it took
 */
public record Attempt(String path, int number, int status, Duration duration) {}

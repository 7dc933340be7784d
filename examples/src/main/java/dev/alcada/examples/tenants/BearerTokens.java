package dev.alcada.examples.tenants;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets no request through without a token that it knows, and makes the account behind it the
 * request's principal. An application would ask its identity provider here.
 */
final class BearerTokens extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String SCHEME = "bearer ";

  /** By digest, so that the time of a look-up tells nothing of a token. */
  private final transient Map<String, Account> accounts;

  BearerTokens(Map<String, Account> accountsByToken) {
    accounts =
        accountsByToken.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(entry -> digest(entry.getKey()), Map.Entry::getValue));
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Account account = account(request.getHeader("Authorization"));
    if (account == null) {
      response.setHeader("WWW-Authenticate", "Bearer");
      response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
      return;
    }
    chain.doFilter(
        new HttpServletRequestWrapper(request) {
          @Override
          public Principal getUserPrincipal() {
            return account;
          }
        },
        response);
  }

  private @Nullable Account account(@Nullable String header) {
    return header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? null
        : accounts.get(digest(header.substring(SCHEME.length()).strip()));
  }

  private static String digest(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

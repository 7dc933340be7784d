package dev.alcada.examples.tenants;

import java.security.Principal;

/**
 * Who stands behind a bearer token.
 *
 * @param name unique among all tenants, since it becomes the grant that counts are kept by
 * @param tenant whose data it works with
 * @param role which policy it is under
 */
record Account(String name, String tenant, String role) implements Principal {
  @Override
  public String getName() {
    return name;
  }
}

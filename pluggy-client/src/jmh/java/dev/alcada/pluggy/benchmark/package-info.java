/** What the Pluggy client costs beside a bare OkHttp call. */
@NullMarked
package dev.alcada.pluggy.benchmark;

import org.jspecify.annotations.NullMarked;

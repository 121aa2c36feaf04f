"""The portal: companies assess themselves, governments review, the public reads protected findings."""

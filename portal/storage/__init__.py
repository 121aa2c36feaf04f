"""Files: kept under the hash of their content, in a local folder."""

from portal.storage.folder import FileStore, StoredFileDamaged

__all__ = ["FileStore", "StoredFileDamaged"]

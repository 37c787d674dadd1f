{{ core.core__reference('ftp_curve') }}

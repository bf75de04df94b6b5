from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0004_202611290558_former_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="school",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="school",
            name="phone",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="school",
            name="address",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="school",
            name="bank_details",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="school", name="terms", field=models.TextField(blank=True, default=""), preserve_default=False
        ),
    ]
